import ArgumentParser
import Engine

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show the evidence behind a policy, a role or one of its rules.",
        discussion: "For a role or binding that the cluster has already: what each of its rules was used for.")

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
        do {
            Console.print(try ExplainReport(name, in: learned).text(rule: rule))
        } catch {
            guard let existing = ExistingGrantReport(name, in: learned) else { throw error }
            Console.print(existing.text)
        }
    }
}
