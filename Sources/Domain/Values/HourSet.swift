/// The hours of the day, in UTC, in which something was seen, merged by union. The empty set means that they are unknown.
///
/// Hours are not kept by day: the set tells whether nights were seen at all, not which night.
package struct HourSet: RawRepresentable, Hashable, Sendable {
    /// The lowest 24 bits, midnight lowest; the others are zero.
    package private(set) var rawValue: UInt32

    /// Takes the lowest 24 bits.
    package init(rawValue: UInt32) { self.rawValue = rawValue & 0xff_ffff }

    package init() { rawValue = 0 }

    /// The set of the hour in which a moment lies.
    package init(_ time: Timestamp) { rawValue = 1 << UInt32(time.hour) }

    /// Adds all hours of the other set.
    package mutating func formUnion(_ other: HourSet) { rawValue |= other.rawValue }

    /// How many distinct hours of the day the set holds, 24 at most.
    package var count: Int { rawValue.nonzeroBitCount }

    package var isEmpty: Bool { rawValue == 0 }
}
