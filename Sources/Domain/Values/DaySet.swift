/// The days on which something was seen, merged by union.
///
/// Days are kept as bits in periods of 64 days, so that facts can be stored, merged and dropped period by period.
package struct DaySet: Hashable, Sendable {
    /// Period number (day / 64) and its 64 days as bits, in ascending order, none of them zero.
    package private(set) var periods: [Period]

    /// The days of one period of 64.
    package struct Period: Hashable, Sendable {
        package let number: Int32
        package var bits: UInt64

        /// One period's days, as a store keeps them.
        package init(number: Int32, bits: UInt64) {
            self.number = number
            self.bits = bits
        }
    }

    package init() { periods = [] }

    /// The set of one day, counted since 1970-01-01.
    package init(day: Int32) {
        periods = [Period(number: Self.period(of: day), bits: Self.bit(of: day))]
    }

    /// The days from one through another, which is not before it.
    package init(from first: Int32, through last: Int32) {
        periods = (Self.period(of: first)...Self.period(of: max(first, last))).map { number in
            let days = (0..<64).filter { first...max(first, last) ~= number << 6 + Int32($0) }
            return Period(number: number, bits: days.reduce(0) { $0 | 1 << UInt64($1) })
        }
    }

    /// The period in which a day lies.
    package static func period(of day: Int32) -> Int32 { day >> 6 }

    /// The bit of a day within its period.
    package static func bit(of day: Int32) -> UInt64 { 1 << UInt64(day & 63) }

    /// Adds the days of one period.
    package mutating func formUnion(_ other: Period) {
        guard other.bits != 0 else { return }
        let index = periods.firstIndex { $0.number >= other.number } ?? periods.endIndex
        if index < periods.endIndex, periods[index].number == other.number {
            periods[index].bits |= other.bits
        } else {
            periods.insert(other, at: index)
        }
    }

    /// Adds all days of the other set.
    package mutating func formUnion(_ other: DaySet) {
        // Most sets are of one period.
        if periods.count == 1, other.periods.count == 1, periods[0].number == other.periods[0].number {
            periods[0].bits |= other.periods[0].bits
            return
        }
        for period in other.periods { formUnion(period) }
    }

    /// How many distinct days the set holds.
    package var count: Int { periods.reduce(0) { $0 + $1.bits.nonzeroBitCount } }

    /// The days since 1970-01-01, ascending.
    package var days: [Int32] {
        periods.flatMap { period in
            (0..<64).filter { period.bits >> UInt64($0) & 1 == 1 }.map { period.number << 6 + Int32($0) }
        }
    }
}
