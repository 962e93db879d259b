import Domain
import Testing

@Suite struct MaturityTests {
    private static let thresholds = MaturityThresholds(stabilizingDays: 3, stableDays: 7, quietDays: 3)

    @Test(arguments: [
        (0, 10.0, Maturity.learning), (2, 10, .learning), (3, 10, .stabilizing), (6, 10, .stabilizing),
        (7, 10, .stable), (7, 3, .stable), (7, 2.99, .stabilizing), (7, 0, .stabilizing), (2, 0, .learning),
        (100, 2, .stabilizing), (100, 3, .stable),
    ])
    func `judges by days seen and by days of quiet`(days: Int, quiet: Double, expected: Maturity) {
        #expect(Self.judge(days: (0..<days).map { Int32($0) }, quiet: quiet) == expected)
    }

    @Test(
        arguments: [
            ([], 10.0, Maturity.learning), ([0], 100, .learning), ([0, 1], 10, .stabilizing),
            ([0, 6], 10, .stabilizing),
            ([0, 7], 10, .stable), ([0, 30], 10, .stable), ([0, 30], 2, .stabilizing),
            ([0, 1, 2, 3, 4, 5, 6], 3, .stable),
            ([0, 1, 2, 3, 4, 5], 3, .stabilizing),
        ] as [([Int32], Double, Maturity)])
    func `takes two runs a week apart for what runs on a schedule`(days: [Int32], quiet: Double, expected: Maturity) {
        #expect(Self.judge(days: days, quiet: quiet, isScheduled: true) == expected)
    }

    @Test func `never calls a newer edge older`() {
        #expect(Maturity.allCases.sorted() == [.learning, .stabilizing, .stable])
    }

    private static func judge(days: [Int32], quiet: Double, isScheduled: Bool = false) -> Maturity {
        let set = days.reduce(into: DaySet()) { $0.formUnion(DaySet(day: $1)) }
        let novelty = Timestamp(seconds: 1_700_000_000)
        let newest = Timestamp(nanoseconds: novelty.rawValue + Int64(quiet * 86400) * 1_000_000_000)
        return thresholds.judge(days: set, lastNovelty: novelty, newest: newest, isScheduled: isScheduled)
    }
}
