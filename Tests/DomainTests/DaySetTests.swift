import Domain
import Testing

@Suite struct DaySetTests {
    @Test(arguments: [[0], [63, 64], [-1], [-65, -64, -1, 0, 63, 64, 20_000], []] as [[Int32]])
    func `holds the days that were put in`(days: [Int32]) {
        #expect(Self.set(days.reversed()).days == days)
        #expect(Self.set(days + days).count == days.count)
    }

    @Test func `ignores a period without a day`() {
        var set = DaySet()
        set.formUnion(DaySet.Period(number: 5, bits: 0))
        #expect(set == DaySet())
    }

    @Test(arguments: UInt64(1)...20)
    func `merges in any order and grouping to the same set`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let lists = (0..<3).map { _ in
            (0..<Int.random(in: 0...9, using: &generator)).map { _ in Int32.random(in: -200...400, using: &generator) }
        }
        let (a, b, c) = (Self.set(lists[0]), Self.set(lists[1]), Self.set(lists[2]))
        #expect(a.union(b) == b.union(a))
        #expect(a.union(b).union(c) == a.union(b.union(c)))
        #expect(a.union(a) == a)
        #expect(a.union(b).union(c).days == Set(lists.joined()).sorted())
        #expect(a.union(b).periods.map(\.number) == a.union(b).periods.map(\.number).sorted())
    }

    private static func set(_ days: [Int32]) -> DaySet {
        days.reduce(DaySet()) { $0.union(DaySet(day: $1)) }
    }
}

extension DaySet {
    fileprivate func union(_ other: DaySet) -> DaySet {
        var result = self
        result.formUnion(other)
        return result
    }
}
