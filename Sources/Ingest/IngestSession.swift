import Decoders
package import Domain

/// Decodes inputs one after another and hands on what was learned from them. Not for use by several tasks at once.
package final class IngestSession {
    private let options: IngestOptions
    private let lane: IngestLane
    private var input: IngestInput
    /// What the inputs before the present one came to.
    private var earlier = IngestSummary()

    /// What the session did so far; `edges` counts what was handed on.
    package var summary: IngestSummary {
        var summary = earlier
        summary.add(input.summary)
        summary.edges = lane.edges
        return summary
    }

    /// A session that hands batches to `deliver`; what that throws ends the call that caused it.
    package init(
        source: IngestSource, cluster: ClusterName, options: IngestOptions = IngestOptions(),
        deliver: @escaping (ObservationBatch) throws -> Void
    ) {
        self.options = options
        lane = IngestLane(source: source, cluster: cluster, options: options, deliver: deliver)
        input = IngestInput(name: "-", options: options)
    }

    /// Begins an input of that name, as diagnostics show it.
    package func begin(file name: String) {
        earlier.add(input.summary)
        let wanted = input.rejectionsWanted
        input = IngestInput(name: name, options: options)
        input.rejectionsWanted = wanted
    }

    /// Decodes further bytes of the input; incomplete records are kept until they are complete.
    package func append(_ bytes: UnsafeRawBufferPointer) throws { try lane.append(bytes, to: input) }

    /// Decodes further bytes that the body writes; it returns how many, and 0 at the input's end.
    @discardableResult
    func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Int { try lane.fill(input, body) }

    /// Ends the input: a last record without a line end is complete, an open one is broken.
    package func end() throws { try lane.end(input) }

    /// Ends an input that cannot be read on, and counts it as one more record, rejected for that reason.
    package func end(because kind: Diagnostic.Kind) throws { try lane.end(input, because: kind) }

    /// Hands on everything learned so far.
    package func flush() throws { try lane.flush() }
}
