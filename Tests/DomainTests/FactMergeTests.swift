import Domain
import Testing

@Suite struct FactMergeTests {
    @Test(
        arguments: [
            ((5, "b"), (3, "c"), "c"), ((3, "c"), (5, "b"), "c"), ((3, "c"), (3, "b"), "b"), ((3, ""), (3, "b"), "b"),
            ((3, ""), (3, ""), ""),
        ] as [((Int64, String), (Int64, String), String)])
    func `keeps the sample of the earliest record, the smaller text of two`(
        left: (Int64, String), right: (Int64, String), expected: String
    ) {
        let (a, b) = (Self.connection(at: left.0, left.1), Self.connection(at: right.0, right.1))
        #expect(a.merging(b).sample == expected)
        #expect(b.merging(a).sample == expected)
    }

    @Test func `adds counts and unites the rest`() {
        var a = Self.connection(at: 0, "a")
        var b = Self.connection(at: 90_000, "b")
        a.hours = HourSet(a.first)
        b.hours = HourSet(b.first)
        #expect(
            a.merging(b)
                == ConnectionFact(
                    count: 2, attempts: 4, answers: 6, refusals: 8, first: Timestamp(seconds: 0),
                    last: Timestamp(seconds: 90_001), days: [0, 1].days, hours: HourSet(rawValue: 0b11),
                    sources: .hubble,
                    sample: "a"))
    }

    @Test(arguments: UInt64(1)...50)
    func `merges connections in any order and grouping to the same fact`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let facts = (0..<3).map { _ in Self.randomConnection(&generator) }
        let (a, b, c) = (facts[0], facts[1], facts[2])
        #expect(a.merging(b) == b.merging(a))
        #expect(a.merging(b).merging(c) == a.merging(b.merging(c)))
    }

    @Test(arguments: UInt64(1)...50)
    func `merges accesses in any order and grouping to the same fact`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let facts = (0..<3).map { _ in Self.randomAccess(&generator) }
        let (a, b, c) = (facts[0], facts[1], facts[2])
        #expect(a.merging(b) == b.merging(a))
        #expect(a.merging(b).merging(c) == a.merging(b.merging(c)))
    }

    private static func connection(at seconds: Int64, _ sample: String) -> ConnectionFact {
        let first = Timestamp(seconds: seconds)
        return ConnectionFact(
            count: 1, attempts: 2, answers: 3, refusals: 4, first: first, last: Timestamp(seconds: seconds + 1),
            days: DaySet(day: first.day), sources: .hubble, sample: sample)
    }

    private static func randomConnection(_ generator: inout SeededGenerator) -> ConnectionFact {
        var fact = connection(
            at: Int64.random(in: 0...3, using: &generator) * 40_000, ["", "a", "b"].pick(&generator))
        fact.count = Int64.random(in: 0...9, using: &generator)
        fact.last = Timestamp(seconds: 200_000 + Int64.random(in: 0...9, using: &generator))
        fact.sources = [.hubble, .audit, []].pick(&generator)
        fact.hours = HourSet(rawValue: UInt32.random(in: 0...UInt32.max, using: &generator))
        return fact
    }

    private static func randomAccess(_ generator: inout SeededGenerator) -> AccessFact {
        let base = randomConnection(&generator)
        return AccessFact(
            count: base.count, dryRuns: Int64.random(in: 0...9, using: &generator), first: base.first, last: base.last,
            days: base.days, sources: base.sources, sample: base.sample,
            callers: CallerSet((0..<generator.next() % 50).map { _ in "caller-\(generator.next() % 100)" }))
    }
}

extension ConnectionFact {
    fileprivate func merging(_ other: ConnectionFact) -> ConnectionFact {
        var result = self
        result.merge(other)
        return result
    }
}

extension AccessFact {
    fileprivate func merging(_ other: AccessFact) -> AccessFact {
        var result = self
        result.merge(other)
        return result
    }
}

extension [Int32] {
    fileprivate var days: DaySet {
        reduce(into: DaySet()) { $0.formUnion(DaySet(day: $1)) }
    }
}
