import Domain
import Testing

@Suite struct MaturityJudgementTests {
    @Test(
        arguments: [
            (2, 10.0, Maturity.learning, ["seen on 2 of 7 days"]), (4, 10, .stabilizing, ["seen on 4 of 7 days"]),
            (7, 10, .stable, []), (7, 1.5, .stabilizing, ["something new 1 day ago, 3 days wanted"]),
            (4, 0.2, .stabilizing, ["seen on 4 of 7 days", "something new less than a day ago, 3 days wanted"]),
            (0, 10, .learning, ["seen on 0 of 7 days"]),
        ] as [(Int, Double, Maturity, [String])])
    func `says what is missing`(days: Int, quiet: Double, maturity: Maturity, reasons: [String]) {
        let judged = MaturityThresholds().judge(Self.evidence(Self.set(0..<Int32(days)), quiet: quiet))
        #expect(judged.maturity == maturity)
        #expect(judged.reasons == reasons)
    }

    @Test func `does not count days without records as quiet`() {
        var evidence = Self.evidence(Self.set(0..<9), quiet: 4)
        evidence.silentDays = 2
        let judged = MaturityThresholds().judge(evidence)
        #expect(judged.maturity == .stabilizing)
        #expect(judged.reasons == ["something new 2 days ago, not counting 2 days without records, 3 days wanted"])
        evidence.silentDays = 1
        #expect(MaturityThresholds().judge(evidence).maturity == .stable)
        evidence.silentDays = -5
        #expect(MaturityThresholds().judge(evidence).maturity == .stable)
    }

    @Test(
        arguments: [
            (0, 1, nil), (6, 3, "seen in 3 of 6 hours of day"), (6, 6, nil), (99, 24, nil),
            (99, 23, "seen in 23 of 24 hours of day"),
        ] as [(Int, UInt32, String?)])
    func `asks for hours of the day only where it is told to`(wanted: Int, seen: UInt32, reason: String?) {
        var evidence = Self.evidence(Self.set(0..<9))
        evidence.hours = HourSet(rawValue: 1 << seen - 1)
        let judged = MaturityThresholds(stableHours: wanted).judge(evidence)
        #expect(judged.reasons == [reason].compactMap { $0 })
        #expect(judged.maturity == (reason == nil ? .stable : .stabilizing))
    }

    @Test func `asks for no hours where they are unknown or a schedule sets them`() {
        let thresholds = MaturityThresholds(stableHours: 6)
        #expect(thresholds.judge(Self.evidence(Self.set(0..<9))).maturity == .stable)
        var nightly = Self.evidence(Self.set(0..<9), schedule: .cron("0 3 * * *"))
        nightly.hours = HourSet(rawValue: 1 << 3)
        #expect(thresholds.judge(nightly).maturity == .stable)
    }

    @Test(
        arguments: [
            ([9, 9, 1, 1], 1.0, nil), ([9, 9, 9, 9, 1, 1, 1], 1, nil),
            ([9, 9, 1, 1, 1], 1, "estimated coverage 65 % (17-95 %), 70 % wanted"),
            ([9, 9, 9, 9], 0.5, "estimated coverage 50 % (49-50 %; 50 % of the records were lost), 70 % wanted"),
        ] as [([Int], Double, String?)])
    func `asks for the estimated coverage`(days: [Int], share: Double, reason: String?) {
        var evidence = Self.evidence(Self.set(0..<9))
        evidence.coverage = SampleCoverage(daysOfBehaviours: days, sampledDays: 9, recordedShare: share)
        let judged = MaturityThresholds().judge(evidence)
        #expect(judged.reasons == [reason].compactMap { $0 })
        #expect(judged.maturity == (reason == nil ? .stable : .stabilizing))
        #expect(judged.coverage == evidence.coverage && judged.coverage != nil)
        #expect(MaturityThresholds(minimumCoverage: 0).judge(evidence).maturity == .stable)
    }

    /// Day 20089 is 2025-01-01, a Wednesday.
    @Test(
        arguments: [
            ("0 3 1 * *", [0], Maturity.learning, "its schedule 0 3 1 * * needs two runs, one was seen"),
            ("0 3 1 * *", [0, 1], .learning, "its schedule 0 3 1 * * needs two runs, one was seen"),
            ("0 3 1 * *", [], .learning, "its schedule 0 3 1 * * needs two runs, none was seen"),
            ("0 3 1 * *", [0, 14], .learning, "its schedule 0 3 1 * * needs two runs, one was seen"),
            ("0 3 1 * *", [0, 31], .stable, nil), ("0 3 1 * *", [31, 59], .stable, nil),
            ("@yearly", [0, 365], .stable, nil),
            (
                "0 3 1,3 * *", [0, 2], .stabilizing,
                "its schedule 0 3 1,3 * * pauses for 29 days, its runs lie within less"
            ),
            ("0 3 1,3 * *", [0, 31], .stable, nil), ("@weekly", [4, 11], .stable, nil),
            ("0 3 * * 1-5", [0, 1, 2, 5], .stabilizing, "its schedule 0 3 * * 1-5 needs runs on 5 days, 4 were seen"),
            ("0 3 * * 1-5", [0, 1, 2, 5, 6], .stable, nil),
            ("*/5 * * * *", [0, 7], .learning, "its schedule */5 * * * * needs runs on 7 days, 2 were seen"),
            ("*/5 * * * *", [0, 1, 2, 3, 4, 5, 6], .stable, nil),
        ] as [(String, [Int32], Maturity, String?)])
    func `asks a CronJob for runs by its cadence`(text: String, days: [Int32], maturity: Maturity, reason: String?) {
        let judged = MaturityThresholds().judge(
            Self.evidence(Self.set(days.map { $0 + 20_089 }), schedule: .cron(text)))
        #expect(judged.maturity == maturity)
        #expect(judged.reasons == [reason].compactMap { $0 })
    }

    @Test(
        arguments: [
            (.unknown, "it runs on a schedule"), (.suspended, "its schedule is suspended"),
            (.cron("at\nnight"), "its schedule at night tells no times"),
            (.cron("0 0 30 2 *"), "its schedule 0 0 30 2 * tells no times"),
            (
                .cron(String(repeating: "9", count: 99)),
                "its schedule \(String(repeating: "9", count: 57))... tells no times"
            ),
        ] as [(MaturityEvidence.Schedule, String)])
    func `asks for two runs a week apart where the times are not known`(
        schedule: MaturityEvidence.Schedule, why: String
    ) {
        let judged = [[0], [0, 6], [0, 7]].map {
            MaturityThresholds().judge(Self.evidence(Self.set($0), schedule: schedule))
        }
        #expect(judged.map(\.maturity) == [.learning, .stabilizing, .stable])
        #expect(judged[0].reasons == ["\(why): two runs are needed, one was seen"])
        #expect(judged[1].reasons == ["\(why): two runs a week apart or 7 days are needed, seen on 2"])
    }

    @Test(
        arguments: [(nil, false, .always), ("@daily", false, .cron("@daily")), ("@daily", true, .suspended)]
            as [(String?, Bool, MaturityEvidence.Schedule)])
    func `takes the schedule of a declared workload`(
        text: String?, isSuspended: Bool, expected: MaturityEvidence.Schedule
    ) {
        let workload = Workload(
            id: WorkloadID(cluster: ClusterName("prod"), namespace: Namespace("shop"), kind: "CronJob", name: "report"),
            selector: nil,
            templateLabels: [:], schedule: text, isSuspended: isSuspended)
        #expect(MaturityEvidence.Schedule(workload) == expected)
        #expect(MaturityEvidence.Schedule(nil) == .always)
    }

    @Test(arguments: UInt64(1)...200)
    func `is stable exactly where nothing is missing, and never less for more days`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let thresholds = MaturityThresholds(
            stabilizingDays: Int.random(in: 0...9, using: &generator),
            stableDays: Int.random(in: 0...9, using: &generator),
            quietDays: Int.random(in: 0...4, using: &generator), stableHours: Int.random(in: 0...30, using: &generator),
            minimumCoverage: Int.random(in: 0...110, using: &generator))
        let days = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            Int32.random(in: 0...40, using: &generator)
        }
        var evidence = Self.evidence(Self.set(days), quiet: Double.random(in: 0...6, using: &generator))
        evidence.schedule =
            [.always, .unknown, .suspended, .cron("0 3 * * *"), .cron("@weekly"), .cron("x")].pick(&generator)
        evidence.hours = HourSet(rawValue: UInt32.random(in: 0...UInt32.max, using: &generator))
        evidence.coverage = SampleCoverage(daysOfBehaviours: [5, 1, 1, 1, 2], sampledDays: 6)
        let judged = thresholds.judge(evidence)
        #expect((judged.maturity == .stable) == judged.reasons.isEmpty)
        evidence.days.formUnion(DaySet(day: 50))
        #expect(thresholds.judge(evidence).maturity >= judged.maturity)
        #expect(judged.heldBack(for: "x").maturity == min(judged.maturity, .stabilizing))
        #expect(judged.heldBack(for: "x").reasons.last == "x")
    }

    private static func evidence(
        _ days: DaySet, quiet: Double = 10, schedule: MaturityEvidence.Schedule = .always
    ) -> MaturityEvidence {
        let novelty = Timestamp(seconds: 1_700_000_000)
        let newest = Timestamp(nanoseconds: novelty.rawValue + Int64(quiet * 86400) * 1_000_000_000)
        return MaturityEvidence(days: days, lastNovelty: novelty, newest: newest, schedule: schedule)
    }

    private static func set(_ days: some Sequence<Int32>) -> DaySet {
        days.reduce(into: DaySet()) { $0.formUnion(DaySet(day: $1)) }
    }
}
