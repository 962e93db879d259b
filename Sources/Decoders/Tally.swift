/// Counts by reason, for a handful of reasons.
package struct Tally<Reason: Hashable & Comparable & Sendable>: Sendable {
    private var entries: [(reason: Reason, count: Int)] = []

    /// Nothing counted yet.
    package init() {}

    /// Counts one more, or several.
    package mutating func add(_ reason: Reason, count: Int = 1) {
        // A linear search: a run has few reasons, and no hash is computed for each record.
        if let index = entries.firstIndex(where: { $0.reason == reason }) {
            entries[index].count += count
        } else {
            entries.append((reason, count))
        }
    }

    /// Adds all counts of another tally.
    package mutating func add(_ other: Tally) {
        for (reason, count) in other.entries { add(reason, count: count) }
    }

    /// Starts from nothing again.
    package mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// The sum of all counts.
    package var total: Int { entries.reduce(0) { $0 + $1.count } }

    /// The count of one reason.
    package subscript(reason: Reason) -> Int { entries.first { $0.reason == reason }?.count ?? 0 }

    /// The reasons with their counts, sorted by reason.
    package var sorted: [(reason: Reason, count: Int)] { entries.sorted { $0.reason < $1.reason } }
}
