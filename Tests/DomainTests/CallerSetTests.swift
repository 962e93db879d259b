import Domain
import Testing

@Suite struct CallerSetTests {
    private static let names = (0..<200).map { "caller-\(1000 + $0)" }

    @Test func `keeps the smallest names and knows that there were more`() {
        let set = CallerSet(Self.names.shuffled())
        #expect(set.names == Array(Self.names.prefix(64)))
        #expect(set.isCut)
        #expect(!CallerSet(Self.names.prefix(64) + Self.names.prefix(9)).isCut)
    }

    @Test(arguments: UInt64(1)...60)
    func `merges in any order and grouping, and again, to the same`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let sets = (0..<3).map { _ in
            CallerSet((0..<generator.next() % 45).map { _ in Self.names[Int(generator.next() % 120)] })
        }
        let (a, b, c) = (sets[0], sets[1], sets[2])
        #expect(a.union(b) == b.union(a))
        #expect(a.union(b).union(c) == a.union(b.union(c)))
        #expect(a.union(b).union(b) == a.union(b))
        #expect(a.union(b).union(c) == CallerSet(a.names + b.names + c.names))
    }

    @Test func `remembers that names were dropped, whoever dropped them`() {
        #expect(CallerSet(["a"]).union(CallerSet(["a"], isCut: true)).isCut)
        #expect(CallerSet().union(CallerSet(["a"], isCut: true)) == CallerSet(["a"], isCut: true))
        #expect(CallerSet().isEmpty && !CallerSet([], isCut: true).isEmpty && !CallerSet(["a"]).isEmpty)
    }
}

extension CallerSet {
    fileprivate func union(_ other: CallerSet) -> CallerSet {
        var result = self
        result.formUnion(other)
        return result
    }
}
