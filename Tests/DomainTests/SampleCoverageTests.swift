import Domain
import Foundation
import Testing

@Suite struct SampleCoverageTests {
    /// Ants of Costa Rica (Longino and Colwell 2011), the incidence data that come with the authors' program iNEXT: sampled
    /// plots, incidences, species, uniques and duplicates, and the values which it prints for them.
    private static let published:
        [(name: String, m: Int, total: Int, observed: Int, q1: Int, q2: Int, coverage: Double)] =
            [
                ("50 m", 599, 5976, 227, 49, 23, 0.9918134), ("500 m", 230, 2943, 241, 71, 34, 0.9759754),
                ("1070 m", 150, 1730, 122, 28, 16, 0.9839382), ("1500 m", 200, 1170, 56, 13, 4, 0.9889231),
                ("2000 m", 200, 271, 14, 1, 2, 0.9963827),
            ]

    @Test(arguments: Self.published.indices)
    func `gives the published sample coverage of Chao and Jost`(index: Int) throws {
        let row = Self.published[index]
        let estimate = try #require(
            SampleCoverage(daysOfBehaviours: Self.frequencies(row), sampledDays: row.m))
        #expect(abs(estimate.knownTraffic - row.coverage) < 1e-7, "\(row.name)")
        #expect(estimate.observed == row.observed)
    }

    /// Published are the estimates of the uncorrected form, D + (m - 1) / m * Q1^2 / (2 Q2), and their standard errors; the
    /// corrected form lies below, by less than an error.
    @Test(
        arguments: [
            (0, 279.108514, 19.6931997), (1, 314.810038, 17.6766597), (2, 146.336667, 12.4978039),
            (3, 77.019375, 18.4919413), (4, 14.248750, 2.0952048),
        ] as [(Int, Double, Double)])
    func `lies within an error of the published Chao2`(index: Int, published: Double, error: Double) throws {
        let row = Self.published[index]
        let estimate = try #require(
            SampleCoverage(daysOfBehaviours: Self.frequencies(row), sampledDays: row.m))
        #expect(estimate.estimated <= published && published - estimate.estimated < error, "\(estimate.estimated)")
        #expect(abs(estimate.coverage - Double(row.observed) / estimate.estimated) < 1e-12)
    }

    /// Worked by hand from the formulas: estimate, interval of the coverage.
    @Test(
        arguments: [
            // T = 13/14 and its variance 13/14 + 9/2 (13/14)^2 = 4.808673.
            ([14, 14, 14, 1, 1], 14, 5.928571, 0.843373, 0.267681, 0.987550),
            ([1, 1], 2, 2.5, 0.8, 0.198472, 0.984760), ([5, 1, 1, 1, 2], 6, 6.25, 0.8, 0.279174, 0.976366),
            // T = 0: P = e^-7, and the standard error of one behaviour.
            ([7], 7, 1, 1, 0.943284, 1), ([1], 7, 1, 1, 0.324970, 1), ([2, 2], 2, 2, 1, 0.586571, 1),
        ] as [([Int], Int, Double, Double, Double, Double)])
    func `works out small samples`(
        days: [Int], m: Int, estimated: Double, coverage: Double, lower: Double, upper: Double
    ) throws {
        let estimate = try #require(SampleCoverage(daysOfBehaviours: days, sampledDays: m))
        #expect(abs(estimate.estimated - estimated) < 1e-6)
        #expect(abs(estimate.coverage - coverage) < 1e-6)
        #expect(abs(estimate.lower - lower) < 1e-5, "\(estimate.lower)")
        #expect(abs(estimate.upper - upper) < 1e-5, "\(estimate.upper)")
    }

    @Test(arguments: [([], 7), ([3, 2], 1), ([3], 0), ([3], -1), ([0, -4], 7)] as [([Int], Int)])
    func `says nothing without behaviours or with fewer than two days`(days: [Int], m: Int) {
        #expect(SampleCoverage(daysOfBehaviours: days, sampledDays: m) == nil)
    }

    @Test(arguments: UInt64(1)...200)
    func `keeps its order and bounds for any sample`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let m = [2, 3, 7, 60, 2000].pick(&generator)
        let days = (0..<[1, 2, 9, 3000].pick(&generator)).map { _ in
            [1, 1, 2, Int.random(in: 1...m, using: &generator), m + 5].pick(&generator)
        }
        let share = [1, 0.5, Double.random(in: 0...1, using: &generator), 0].pick(&generator)
        let estimate = try #require(SampleCoverage(daysOfBehaviours: days, sampledDays: m, recordedShare: share))
        #expect(
            estimate
                == SampleCoverage(
                    daysOfBehaviours: days.shuffled(using: &generator), sampledDays: m, recordedShare: share))
        #expect(estimate.estimated.isFinite && estimate.estimated >= Double(days.count))
        #expect(0 <= estimate.lower && estimate.lower <= estimate.coverage)
        #expect(estimate.coverage <= estimate.upper && estimate.upper <= 1)
        #expect((0...1).contains(estimate.knownTraffic))

        // One more rare behaviour hints at more that is missing; one more of every day never lowers the coverage.
        let rarer = try #require(SampleCoverage(daysOfBehaviours: days + [1], sampledDays: m, recordedShare: share))
        let commoner = try #require(SampleCoverage(daysOfBehaviours: days + [m], sampledDays: m, recordedShare: share))
        #expect(rarer.estimated >= estimate.estimated)
        #expect(commoner.coverage >= estimate.coverage)
        let whole = try #require(SampleCoverage(daysOfBehaviours: days, sampledDays: m))
        #expect(abs(whole.coverage * share - estimate.coverage) < 1e-12)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -1, 2])
    func `takes an impossible share of records for none or all`(share: Double) throws {
        let estimate = try #require(SampleCoverage(daysOfBehaviours: [2, 2], sampledDays: 2, recordedShare: share))
        #expect(estimate.coverage == (share == -1 ? 0 : 1))
    }

    @Test(
        arguments: [
            ([14, 14, 14, 1, 1], 14, 1.0, "84 % (26-99 %)"), ([7], 7, 1, "100 % (94-100 %)"),
            ([7], 7, 0.955, "95 % (90-96 %; 5 % of the records were lost)"),
        ] as [([Int], Int, Double, String)])
    func `says it in words that never promise too much`(days: [Int], m: Int, share: Double, text: String) {
        #expect(SampleCoverage(daysOfBehaviours: days, sampledDays: m, recordedShare: share)?.text == text)
    }

    /// Frequencies with these counts; the estimators look at no others than uniques, duplicates and the sum.
    private static func frequencies(
        _ row: (name: String, m: Int, total: Int, observed: Int, q1: Int, q2: Int, coverage: Double)
    ) -> [Int] {
        let rest = row.observed - row.q1 - row.q2
        var frequencies = [Int](repeating: 1, count: row.q1) + [Int](repeating: 2, count: row.q2)
        var missing = row.total - row.q1 - 2 * row.q2
        for left in stride(from: rest, to: 0, by: -1) {
            let next = min(row.m, max(3, missing - 3 * (left - 1)))
            frequencies.append(next)
            missing -= next
        }
        return frequencies
    }
}
