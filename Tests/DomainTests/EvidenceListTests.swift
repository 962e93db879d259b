import Domain
import Testing

@Suite struct EvidenceListTests {
    private final class Table: EvidenceSource {
        func evidence(at number: Int32) -> Evidence {
            Evidence(
                what: "edge \(number)", note: nil, count: Int64(number), first: Timestamp(seconds: 1),
                last: Timestamp(seconds: Int64(number)), days: 1, daySet: DaySet(day: number / 2), sources: ["hubble"],
                sample: "")
        }

        func summary(at number: Int32) -> (count: Int64, last: Timestamp, days: DaySet) {
            (Int64(number), Timestamp(seconds: Int64(number)), DaySet(day: number / 2))
        }
    }

    private static let declared = Evidence(
        what: "a declaration", note: "declared", count: 0, first: nil, last: nil, days: 0, sources: [], sample: "")

    @Test func `says the same whether it is written out or not`() {
        let table = Table()
        let lazy = EvidenceList([4, 5, 9], of: table, and: [Self.declared])
        let written = EvidenceList([4, 5, 9].map { table.evidence(at: $0) } + [Self.declared])
        #expect(lazy == written)
        #expect(lazy.count == 4 && written.count == 4)
        #expect(lazy.all.map(\.what) == ["a declaration", "edge 4", "edge 5", "edge 9"])
        #expect(lazy.records == 18 && written.records == 18)
        #expect(lazy.last == Timestamp(seconds: 9) && written.last == lazy.last)
        // Edges 4 and 5 were seen on the same day.
        #expect(lazy.days == 2 && written.days == 2)
        #expect(lazy != EvidenceList([4, 5], of: table, and: [Self.declared]))
    }

    @Test func `of nothing says nothing`() {
        let empty = EvidenceList([])
        #expect(empty.count == 0 && empty.records == 0 && empty.last == nil && empty.days == 0 && empty.all.isEmpty)
        #expect(EvidenceList([Self.declared]).last == nil)
    }
}
