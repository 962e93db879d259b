import Foundation

/// How much of what a workload does was probably seen: an estimate with an interval of 95 %, from days as samples.
///
/// The samples are the days on which the workload was seen, the species are its behaviours: a peer and port, or a
/// permission. With m days, D behaviours seen, Q1 of them on one day only and Q2 on two days:
///
/// - The number of behaviours is estimated as D + T, with T = (m - 1) / m * Q1 (Q1 - 1) / (2 (Q2 + 1)). This is the lower
///   bound of Chao (1987), "Estimating the population size for capture-recapture data with unequal catchability",
///   Biometrics 43, 783-791, in the bias-corrected form known as Chao2, which needs no Q2.
/// - The coverage is D / (D + T).
/// - The interval of T is that of Chao (1987), which takes T as log-normal: T / K to T K, with
///   K = exp(1.96 sqrt(log(1 + var / T^2))). The variance is the one that goes with the corrected form (Colwell,
///   EstimateS user's guide, appendix B).
/// - Where T is 0, nothing but the frequencies tells what may be missing. A behaviour that was seen on k days is missed
///   with the probability exp(-k); the interval ends at D / (1 - P) and 1.96 of its standard errors, P the mean of these
///   probabilities (the same guide, without its term that only narrows the interval and may turn it negative).
/// - The share of tomorrow's traffic, by days, that is of a known behaviour is the sample coverage of Chao and Jost (2012),
///   "Coverage-based rarefaction and extrapolation", Ecology 93, 2533-2547, after Good and Turing.
///
/// It is a lower bound of what is missing: behaviours that could not occur on the sampled days (a yearly report) are beyond
/// any estimate. All values are finite and lie from 0 to 1.
package struct SampleCoverage: Hashable, Sendable {
    /// D: distinct behaviours seen.
    package let observed: Int
    /// m: days on which the workload was seen.
    package let sampledDays: Int
    /// D + T: the behaviours that there are, at least; never less than `observed`. Loss of records is not in it.
    package let estimated: Double
    /// The share of its records that the source did not lose; the other shares hold it as a factor.
    package let recordedShare: Double
    /// D / (D + T), lowered by lost records.
    package let coverage: Double
    /// The interval's ends, lowered by lost records: `lower <= coverage <= upper`.
    package let lower: Double
    package let upper: Double
    /// The sample coverage of Chao and Jost (2012), lowered by lost records.
    package let knownTraffic: Double

    /// Estimates. Nil where nothing can be said: without a behaviour, or with fewer than two days, since one sample does
    /// not tell the rare from the common.
    ///
    /// - Parameters:
    ///   - daysOfBehaviours: for each distinct behaviour the number of distinct days on which it was seen, in any order.
    ///     Numbers below 1 are passed over, those above `sampledDays` count as that.
    ///   - sampledDays: the days on which the workload was seen at all; days on which its source recorded nothing are no
    ///     samples (`SourceDays.sampled`).
    ///   - recordedShare: the part of the records of these days that was not lost (`SourceDays.recordedShare`). Lost
    ///     records are taken to be like the others, so that the coverage shrinks by the same part: more than it does for
    ///     what is seen often, which is the safe side.
    package init?(daysOfBehaviours: some Sequence<Int>, sampledDays: Int, recordedShare: Double = 1) {
        let frequencies = daysOfBehaviours.filter { $0 > 0 }.map { min($0, sampledDays) }
        guard sampledDays >= 2, !frequencies.isEmpty else { return nil }
        let counts = IncidenceCounts(frequencies.sorted(), samples: sampledDays)
        let share = recordedShare.isFinite ? min(max(recordedShare, 0), 1) : 1
        let interval = counts.speciesInterval
        observed = frequencies.count
        self.sampledDays = sampledDays
        self.recordedShare = share
        estimated = counts.observed + counts.unseen
        coverage = counts.observed / estimated * share
        lower = min(counts.observed / interval.upperBound, counts.observed / estimated) * share
        upper = max(counts.observed / interval.lowerBound, counts.observed / estimated) * share
        knownTraffic = counts.sampleCoverage * share
    }

    /// `82 % (70-91 %)`, with what was lost if anything was. Rounded so that it never promises more than there is.
    package var text: String {
        let interval = "\(Self.percent(lower, .down))-\(Self.percent(upper, .up)) %"
        let lost = recordedShare < 1 ? "; \(Self.percent(1 - recordedShare, .up)) % of the records were lost" : ""
        return "\(Self.percent(coverage, .down)) % (\(interval)\(lost))"
    }

    /// The coverage in percent.
    package var percent: Double { coverage * 100 }

    private static func percent(_ share: Double, _ rule: FloatingPointRoundingRule) -> Int {
        // A little slack, so that 0.29 * 100 = 28.999999999999996 is 29.
        let slack = rule == .down ? 1e-9 : -1e-9
        return min(max(Int((share * 100 + slack).rounded(rule)), 0), 100)
    }
}

/// The frequency counts that the estimators need.
private struct IncidenceCounts {
    /// For each behaviour the number of samples in which it was found, ascending: sums then have one order.
    let frequencies: [Int]
    /// (m - 1) / m
    let factor: Double
    let samples: Double
    let once: Double
    let twice: Double

    init(_ frequencies: [Int], samples: Int) {
        self.frequencies = frequencies
        self.samples = Double(samples)
        factor = (Double(samples) - 1) / Double(samples)
        once = Double(frequencies.count { $0 == 1 })
        twice = Double(frequencies.count { $0 == 2 })
    }

    var observed: Double { Double(frequencies.count) }

    /// T: behaviours not seen, at least.
    var unseen: Double { factor * once * (once - 1) / (2 * (twice + 1)) }

    /// The interval of the number of behaviours.
    var speciesInterval: ClosedRange<Double> {
        guard unseen > 0 else { return observed...missedAtMost }
        let spread = exp(1.96 * log(1 + variance / (unseen * unseen)).squareRoot())
        return (observed + unseen / spread)...(observed + unseen * spread)
    }

    private var variance: Double {
        let pairs = once * (once - 1)
        let linear = factor * pairs / (2 * (twice + 1))
        let square = factor * factor * once * (2 * once - 1) * (2 * once - 1) / (4 * (twice + 1) * (twice + 1))
        let ratio = pairs / ((twice + 1) * (twice + 1))
        return linear + square + factor * factor * twice * ratio * ratio / 4
    }

    /// The interval's upper end where nothing is estimated to be missing.
    private var missedAtMost: Double {
        let chances = frequencies.map { exp(-Double($0)) }
        let found = 1 - chances.reduce(0, +) / observed
        let variance = chances.reduce(0) { $0 + $1 - $1 * $1 }
        return (observed + 1.96 * variance.squareRoot()) / found
    }

    var sampleCoverage: Double {
        guard once > 0 else { return 1 }
        let total = frequencies.reduce(0.0) { $0 + Double($1) }
        let pairs = twice > 0 ? (samples - 1) * once : (samples - 1) * (once - 1)
        return 1 - once / total * pairs / (pairs + 2 * max(twice, 1))
    }
}
