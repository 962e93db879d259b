/// The hashes of the last records, within a bound: what comes again is known again.
///
/// Relay asks a node that failed once more with the stream's first request (Cilium, pkg/hubble/relay/observer,
/// `flowCollector.collect`), so that records come twice within one stream as well.
struct RecentRecords: Sendable {
    private let generationSize: Int
    private var newer: Set<UInt64> = []
    private var older: Set<UInt64> = []

    /// At least so many records are remembered, at most twice as many; 64 Ki is more than the rings of ten nodes hold.
    init(remembering count: Int = 65_536, _ hashes: [UInt64]) {
        generationSize = max(count, 1)
        newer = Set(hashes)
    }

    /// Remembers a record; false if it is known already.
    mutating func insert(_ hash: UInt64) -> Bool {
        if older.contains(hash) { return false }
        guard newer.insert(hash).inserted else { return false }
        if newer.count >= generationSize {
            swap(&newer, &older)
            newer.removeAll(keepingCapacity: true)
        }
        return true
    }
}
