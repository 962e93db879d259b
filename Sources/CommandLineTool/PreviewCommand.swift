import ArgumentParser
import Engine

struct PreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show what would be proposed, for every workload and subject.")

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case summary, yaml, json, diff
    }

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case network, rbac
    }

    @OptionGroup var common: CommonOptions

    @Option(
        help:
            "summary (a table), yaml (the objects), json (everything, with evidence), diff (against the repository, or else the cluster)."
    )
    var output: Output = .summary

    @Option(help: ArgumentHelp("Only this namespace.", valueName: "name"))
    var namespace: String?

    @Option(
        help: ArgumentHelp(
            "Only this workload or subject: its name, or all of it, such as shop/Deployment/web.", valueName: "name"))
    var workload: String?

    @Option(help: "Only network policies, or only RBAC.")
    var kind: Kind?

    @Flag(
        help: "Instead: roles and bindings that exist and that nobody was seen to use; with --output summary or json.")
    var unused = false

    @Flag(help: "With --unused: also rules of which only a part is used, and what their wildcards stood for.")
    var parts = false

    func validate() throws {
        if parts, !unused { throw ValidationError("--parts goes with --unused") }
        guard unused else { return }
        if kind == .network { throw ValidationError("--unused is about RBAC: leave --kind out, or say --kind rbac") }
        if output != .summary, output != .json { throw ValidationError("--unused takes --output summary or json") }
    }

    func run() throws {
        let session = try Session(settings: common.settings(), store: common.readStore)
        let filter = PreviewJob.Filter(
            namespace: namespace, workload: workload, kind: kind.flatMap { ProposedItem.Kind(rawValue: $0.rawValue) })
        guard !unused else {
            let report = try UnusedReport(session.learn(), filter, settings: session.settings)
            return Console.print(output == .json ? try report.json() : report.text(withParts: parts))
        }
        try Self.stopping {
            switch output {
            case .summary: Console.print(try PreviewJob(session.learn()).run(filter).summary)
            case .yaml: Console.print(try PreviewJob(session.learn()).run(filter).yaml)
            case .json: Console.print(try PreviewJob(session.learn()).run(filter).json())
            case .diff:
                let difference = try session.difference(filter)
                Console.print(difference.text)
                difference.notes.forEach(Console.note)
            }
        }
    }

    /// Turns the judge's refusal into its exit code.
    static func stopping<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let refusal as ObservedWouldBeDenied {
            throw CommandFailure(status: .observedWouldBeDenied, message: "leastwise: \(refusal)")
        }
    }
}
