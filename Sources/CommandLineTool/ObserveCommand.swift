import AppConfiguration
import ArgumentParser
import Domain
import Engine
import Ingest

struct ObserveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe", abstract: "Decode records into the store.",
        subcommands: [Hubble.self, Audit.self, Objects.self])

    struct Hubble: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Cilium Hubble flows: JSON lines of `hubble observe -o jsonpb` or the exporter, or arrays; gzip, zstd or plain."
        )
        @OptionGroup var records: RecordOptions

        func run() throws { try records.observe(.hubble) }
    }

    struct Audit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Kubernetes audit events: JSON lines, EventLists or arrays; gzip, zstd or plain.")
        @OptionGroup var records: RecordOptions

        func run() throws { try records.observe(.audit) }
    }

    struct Objects: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cluster objects, as `kubectl get ... -A -o json` prints them.")
        @OptionGroup var common: CommonOptions

        @Flag(help: "The files do not hold all objects of their kinds: keep others that are known.")
        var partial = false

        @Argument(help: "Files or folders; - is standard input.")
        var files: [String]

        func run() throws {
            let session = try Session(settings: common.settings(), store: common.openStore)
            let job = ObserveObjectsJob(store: session.store, cluster: session.settings.cluster)
            Console.print(try job.run(paths: files, isPartial: partial).text)
        }
    }
}

/// What the commands that read records share.
struct RecordOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "The time of records that carry none (RFC 3339); without it they are rejected.", valueName: "time"))
    var at: String?

    @Argument(help: "Files or folders; - is standard input.")
    var files: [String]

    func validate() throws {
        if let at, Timestamp(at) == nil { throw ValidationError("--at takes a time such as 2026-11-01T00:00:00Z") }
    }

    func observe(_ source: IngestSource) throws {
        let session = try Session(settings: common.settings(), store: common.openStore)
        let bar = ProgressBar()
        let job = ObserveJob(store: session.store, cluster: session.settings.cluster)
        let summary = try job.run(source, paths: files, defaultTime: at.flatMap { Timestamp($0) }) { progress in
            bar.show(done: progress.bytesDone, total: progress.bytesTotal)
        }
        bar.clear()
        Console.print(ObserveSummary.text(summary))
    }
}
