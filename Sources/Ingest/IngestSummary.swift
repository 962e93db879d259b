package import Decoders
package import Domain

/// What a run did.
package struct IngestSummary: Sendable {
    /// Bytes read, decompressed.
    package var bytes = 0
    /// Records found, whatever became of them.
    package var records = 0
    /// Records that made an observation.
    package var observations = 0
    package var ignored = Tally<IgnoreReason>()
    package var rejected = Tally<Diagnostic.Kind>()
    /// The first rejected records.
    package var diagnostics: [Diagnostic] = []
    /// Rows of edges handed on; an edge counts again for each further period, and after an intermediate flush.
    package var edges = 0
    package var elapsed = Duration.zero

    /// Nothing was read yet.
    package init() {}

    /// Adds what another input came to, but for the elapsed time.
    package mutating func add(_ other: IngestSummary) {
        bytes += other.bytes
        records += other.records
        observations += other.observations
        ignored.add(other.ignored)
        rejected.add(other.rejected)
        diagnostics += other.diagnostics
        edges += other.edges
    }
}

/// How far a run came.
package struct IngestProgress: Sendable {
    /// Bytes of the files as they lie on the disk.
    package let bytesDone: Int
    /// Nil where the input has no size, as standard input.
    package let bytesTotal: Int?
}
