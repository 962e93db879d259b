/// What one source recorded day by day: which days count as watched, and how much of them it lost.
///
/// A source that was restarted, or whose records were never read, leaves days without a record. On such a day nothing
/// could be seen, so that it says neither that something is new nor that nothing is.
package struct SourceDays: Hashable, Sendable {
    private var counts: [Int32: Counts] = [:]
    /// The days with a record as bits, by period.
    private var recorded: [Int32: UInt64] = [:]

    private struct Counts: Hashable {
        var records: Double = 0
        var lost: Double = 0
    }

    /// Takes the rows of one source, or of several that together watch the same thing; rows of the same day add up.
    ///
    /// Without any row the source is taken to have watched all the time and lost nothing.
    package init(_ rows: some Sequence<SourceCoverage>) {
        for row in rows {
            counts[row.day, default: Counts()].records += Double(max(row.records, 0))
            counts[row.day, default: Counts()].lost += Double(max(row.lost, 0))
        }
        for day in counts.keys where isRecorded(day) {
            recorded[DaySet.period(of: day), default: 0] |= DaySet.bit(of: day)
        }
    }

    /// The days among these on which the source recorded anything.
    package func sampled(_ days: DaySet) -> DaySet {
        guard !counts.isEmpty else { return days }
        return days.days.filter(isRecorded).reduce(into: DaySet()) { $0.formUnion(DaySet(day: $1)) }
    }

    /// How many of these days the source recorded anything on: the count of `sampled`, without making the set.
    package func sampledCount(_ days: DaySet) -> Int {
        guard !counts.isEmpty else { return days.count }
        return days.periods.reduce(0) { $0 + ($1.bits & (recorded[$1.number] ?? 0)).nonzeroBitCount }
    }

    /// The share of the records of these days that the source did not lose, 0 to 1: records / (records + lost), over
    /// all of the days together. 1 where nothing is known of them.
    package func recordedShare(on days: DaySet) -> Double {
        let known = days.days.compactMap { counts[$0] }
        let records = known.reduce(0) { $0 + $1.records }
        let lost = known.reduce(0) { $0 + $1.lost }
        return records + lost > 0 ? records / (records + lost) : 1
    }

    /// How many whole days between two moments, those of the moments not among them, have no record at all.
    package func silentDays(after first: Timestamp, through last: Timestamp) -> Int {
        guard !counts.isEmpty, last.day > first.day else { return 0 }
        let between = Int(last.day) - Int(first.day) - 1
        return between - counts.keys.count { $0 > first.day && $0 < last.day && isRecorded($0) }
    }

    private func isRecorded(_ day: Int32) -> Bool { counts[day].map { $0.records > 0 } ?? false }
}
