import Domain
import Testing

@Suite struct SourceDaysTests {
    private static let days = SourceDays([
        row(10, records: 90, lost: 10), row(11, records: 100, lost: 0), row(13, records: 0, lost: 50),
        row(14, records: 60, lost: 0), row(14, records: 40, lost: 100),
    ])

    @Test func `counts only days with records as sampled`() {
        #expect(Self.days.sampled(Self.set([9, 10, 11, 12, 13, 14, 15])).days == [10, 11, 14])
    }

    @Test(
        arguments: [
            ([10], 0.9), ([10, 11], 190.0 / 200), ([14], 0.5), ([13], 0), ([12], 1), ([], 1), ([11, 12], 1),
        ] as [([Int32], Double)])
    func `gives the share of the records that was not lost`(days: [Int32], share: Double) {
        #expect(Self.days.recordedShare(on: Self.set(days)) == share)
    }

    @Test(
        arguments: [(10, 11, 0), (10, 12, 0), (11, 14, 2), (9, 15, 2), (14, 14, 0), (14, 10, 0), (14, 24, 9)]
            as [(Int32, Int32, Int)])
    func `counts the whole days without a record between two moments`(first: Int32, last: Int32, silent: Int) {
        let (from, to) = (Timestamp(seconds: Int64(first) * 86400), Timestamp(seconds: Int64(last) * 86400 + 5))
        #expect(Self.days.silentDays(after: from, through: to) == silent)
    }

    @Test func `takes a source without any row to have watched all the time`() {
        let none = SourceDays([])
        #expect(none.sampled(Self.set([1, 2])).days == [1, 2])
        #expect(none.recordedShare(on: Self.set([1, 2])) == 1)
        #expect(none.silentDays(after: Timestamp(rawValue: .min), through: Timestamp(rawValue: .max)) == 0)
        #expect(Self.days.silentDays(after: Timestamp(rawValue: .min), through: Timestamp(rawValue: .max)) > 200_000)
    }

    private static func row(_ day: Int32, records: Int64, lost: Int64) -> SourceCoverage {
        SourceCoverage(cluster: ClusterName("prod"), source: .hubble, day: day, records: records, lost: lost)
    }

    private static func set(_ days: [Int32]) -> DaySet {
        days.reduce(into: DaySet()) { $0.formUnion(DaySet(day: $1)) }
    }
}
