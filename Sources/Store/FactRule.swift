import Domain

/// What every stored fact keeps to.
enum FactRule {
    /// Counters stop here; the schema checks it. Sums over all periods of three centuries stay within 64 bits.
    static let counterLimit: Int64 = 1 << 50

    /// A counter as it is stored.
    static func counter(_ value: Int64) -> Int64 { min(value, counterLimit) }

    /// The one period of a fact.
    ///
    /// A fact of several periods has no honest split, since nobody knows which of its counts belong to which period:
    /// facts are aggregated by period from the start.
    static func period(days: DaySet, first: Timestamp, last: Timestamp) throws -> DaySet.Period {
        guard let period = days.periods.first, days.periods.count == 1, first <= last,
            DaySet.period(of: first.day) == period.number, DaySet.period(of: last.day) == period.number
        else {
            throw StoreError(
                code: .invalidObservation,
                message: "a fact from \(first) to \(last) on \(days.count) days does not lie in one period of 64 days",
                hint: "This is a bug of the source's aggregation; report it. Nothing of the batch was stored.")
        }
        return period
    }

    /// Merges facts of one table: sums, earliest, latest, bits, and the sample of the earliest record.
    ///
    /// Values: edge, period, the counters, first_seen, last_seen, the bit sets, sample.
    static func merge(_ table: String, counters: [String], bitSets: [String]) -> MergeRule {
        let merged =
            counters.map { ($0, "min(\($0) + @\($0), \(counterLimit))") }
            + [("first_seen", "min(first_seen, @first_seen)"), ("last_seen", "max(last_seen, @last_seen)")]
            + bitSets.map { ($0, "\($0) | @\($0)") }
            + [
                (
                    "sample",
                    """
                    CASE WHEN (@first_seen, @sample = '', @sample) < (first_seen, sample = '', sample)
                    THEN @sample ELSE sample END
                    """
                )
            ]
        return MergeRule(table, key: ["edge", "period"], merged: merged)
    }
}
