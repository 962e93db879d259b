package import Domain

/// The bounds of a run; the defaults keep it below about 64 MiB.
package struct IngestOptions: Sendable {
    /// The time of records that carry none; nil rejects them.
    package var defaultTime: Timestamp?
    /// How many diagnostics the summary keeps with their place.
    package var diagnosticsKept = 20
    /// The longest record in bytes; a longer one is skipped without being kept in memory. The API server accepts
    /// requests of 3 MiB; the parser takes up to five times a record's size.
    package var recordLimit = 8 << 20
    /// The decoder's tables are given up at about so many bytes.
    package var tableBytes = 16 << 20
    /// So many edges, sightings or records are handed on at the latest.
    package var edgesPerFlush = 80_000
    package var sightingsPerFlush = 150_000
    package var recordsPerFlush = 2_000_000
    /// So many rows at most stand in one batch.
    package var rowsPerBatch = 4096

    /// What came through a pipe is handed on after so long at the latest, as long as more comes: an endless one loses
    /// little when it is cut.
    package var flushInterval = Duration.seconds(5)

    /// The default bounds.
    package init() {}
}
