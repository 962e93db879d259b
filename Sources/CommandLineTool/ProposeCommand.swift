import AppConfiguration
import ArgumentParser
import Engine

struct ProposeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose", abstract: "One learning run: a branch, a commit and a pull request for each scope.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print the differences and the pull requests' texts; write nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("Only this scope: a namespace, or what proposals.groupBy makes of it.", valueName: "key"))
    var scope: String?

    @Option(help: ArgumentHelp("learning, stabilizing or stable: what is mature enough.", valueName: "maturity"))
    var minimumMaturity: String?

    func run() async throws {
        let flags = minimumMaturity.map { ["proposals.minimumMaturity": $0] } ?? [:]
        let session = try Session(settings: common.settings(flags), store: common.readStore)
        var request = ProposeJob.Request()
        request.scope = scope
        request.isDryRun = dryRun
        let results = try await ProposeJob(session.settings).run(request) { try session.learn($0) }
        if results.allSatisfy({ !$0.obstacles.isEmpty }) {
            Console.print("Nothing is mature enough to be proposed yet: `leastwise preview` shows how far it is.\n")
        }
        for result in results {
            Console.print(result.text(isDryRun: dryRun, showsBody: session.settings.forge.kind == .none))
        }
        if let status = ExitStatus.of(results) { throw CommandFailure(status: status, message: nil) }
    }
}

extension ExitStatus {
    /// The status that the results call for; nil for success.
    fileprivate static func of(_ results: [ScopeResult]) -> ExitStatus? {
        if results.contains(where: { !$0.stopping.isEmpty }) { return .observedWouldBeDenied }
        return results.contains(where: \.isRejected) ? .pushRejected : nil
    }
}
