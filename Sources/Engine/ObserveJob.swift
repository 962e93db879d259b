import Decoders
package import Domain
package import Ingest
package import Store

/// Decodes records into the store.
package struct ObserveJob {
    private let store: Store
    private let cluster: ClusterName

    package init(store: Store, cluster: ClusterName) {
        self.store = store
        self.cluster = cluster
    }

    /// Reads the inputs, each batch one durable transaction.
    ///
    /// - Parameter defaultTime: the time of records that carry none; nil rejects them.
    package func run(
        _ source: IngestSource, paths: [String], defaultTime: Timestamp?, progress: (IngestProgress) -> Void
    ) throws -> IngestSummary {
        var options = IngestOptions()
        options.defaultTime = defaultTime
        let run = IngestRun(source: source, cluster: cluster, options: options)
        return try run.run(inputs: try InputFile.list(paths), into: { try store.merge($0) }, progress: progress)
    }
}

/// What a run of `observe` prints at its end.
package enum ObserveSummary {
    /// The summary as lines for a person.
    package static func text(_ summary: IngestSummary) -> String {
        let seconds = Double(summary.elapsed.components.seconds) + Double(summary.elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Int(Double(summary.records) / seconds) : summary.records
        var lines = [
            "\(summary.records) records, \(summary.observations) observations, \(summary.edges) edges "
                + "in \(rounded(seconds)) s (\(rate) records/s, \(summary.bytes >> 20) MiB)"
        ]
        if summary.ignored.total > 0 {
            lines.append("ignored \(summary.ignored.total):")
            lines += summary.ignored.sorted.map { "  \($0.count) \($0.reason.rawValue)" }
        }
        if summary.rejected.total > 0 {
            lines.append("rejected \(summary.rejected.total):")
            lines += summary.rejected.sorted.map { "  \($0.count) \($0.reason.rawValue)" }
            lines += summary.diagnostics.map { "  \($0.file):\($0.line): \($0.kind.rawValue): \($0.excerpt)" }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func rounded(_ seconds: Double) -> String {
        let hundredths = Int((seconds * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
