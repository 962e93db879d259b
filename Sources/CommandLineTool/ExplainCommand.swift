import ArgumentParser
import Engine

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show the evidence behind a policy, a role or one of its rules.",
        discussion:
            "For a role or binding that the cluster has already: what each of its rules was used for. For a subject, also what it holds."
    )

    @OptionGroup var common: CommonOptions

    @Argument(
        help:
            "A workload (shop/Deployment/web), a subject ('ServiceAccount shop/api'), or the name of a policy, a role or a binding (RoleBinding/shop/api)."
    )
    var name: String

    @Option(help: ArgumentHelp("Only the rule of this number, as printed.", valueName: "number"))
    var rule: Int?

    func run() throws {
        let session = try Session(settings: common.settings(), store: common.readStore)
        let learned = try session.learn()
        let existing = rule == nil ? ExistingGrantReport(name, in: learned) : nil
        do {
            Console.print(try ExplainReport(name, in: learned).text(rule: rule))
        } catch {
            guard existing != nil else { throw error }
        }
        if let existing { Console.print(existing.text) }
    }
}
