import Domain
import Testing

@Suite struct HourSetTests {
    @Test(
        arguments: [
            ("2026-11-01T00:00:00Z", 0), ("2026-11-01T00:59:59.999Z", 0), ("2026-11-01T23:59:59Z", 23),
            ("2026-11-01T23:30:00-02:00", 1), ("1970-01-01T05:00:00Z", 5),
        ])
    func `holds the hour of the day in UTC`(text: String, hour: Int) throws {
        let time = try #require(Timestamp(text))
        #expect(time.hour == hour)
        #expect(HourSet(time).rawValue == 1 << UInt32(hour))
        #expect(HourSet(time).count == 1)
    }

    @Test(arguments: [(-1, 23), (-3_600_000_000_000, 23), (-3_600_000_000_001, 22), (Int64.min, 0), (Int64.max, 23)])
    func `takes any moment`(nanoseconds: Int64, hour: Int) {
        #expect(Timestamp(nanoseconds: nanoseconds).hour == hour)
    }

    @Test func `keeps 24 bits and no other`() {
        #expect(HourSet(rawValue: .max).count == 24)
        #expect(HourSet(rawValue: .max).rawValue == 0xff_ffff)
        #expect(HourSet(rawValue: 1 << 24).isEmpty)
        #expect(HourSet().isEmpty && HourSet().count == 0)
    }

    @Test(arguments: UInt64(1)...20)
    func `merges in any order and grouping to the same set`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let sets = (0..<3).map { _ in HourSet(rawValue: UInt32.random(in: 0...UInt32.max, using: &generator)) }
        let (a, b, c) = (sets[0], sets[1], sets[2])
        #expect(a.union(b) == b.union(a))
        #expect(a.union(b).union(c) == a.union(b.union(c)))
        #expect(a.union(a) == a)
        #expect(a.union(HourSet()) == a)
    }
}

extension HourSet {
    fileprivate func union(_ other: HourSet) -> HourSet {
        var result = self
        result.formUnion(other)
        return result
    }
}
