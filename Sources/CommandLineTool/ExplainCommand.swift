import ArgumentParser
import Engine

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show the evidence behind a policy, a role or one of its rules.")

    @OptionGroup var common: CommonOptions

    @Argument(
        help:
            "A workload (shop/Deployment/web), a subject ('ServiceAccount shop/api'), or the name of a policy or role.")
    var name: String

    @Option(help: ArgumentHelp("Only the rule of this number, as printed.", valueName: "number"))
    var rule: Int?

    func run() throws {
        let session = try Session(settings: common.settings(), store: common.readStore)
        Console.print(try ExplainReport(name, in: session.learn()).text(rule: rule))
    }
}
