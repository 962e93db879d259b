import Domain
import NetworkLearner
import RBACLearner

/// The JSON form of a preview.
struct PreviewDocument: Encodable {
    let cluster: String
    let first: Timestamp
    let last: Timestamp
    let items: [Item]
    let heldBack: [Held]
    /// Requests that the API server refused: never granted.
    let refused: [Held]
    /// Requests that it allowed and that make no rule.
    let notGranted: [NotGranted]
    let replay: Replay
    let slack: Slack
    let notes: [String]

    struct Item: Encodable {
        let kind: String
        let name: String
        let namespace: String
        let file: String
        let maturity: String
        let days: Int
        /// How well the workload is known; absent for roles.
        let standing: Standing?
        /// What the policies allow the workload; absent for roles.
        let slack: WorkloadSlack?
        let rules: [ReviewRule]
        let warnings: [String]
        let heldBack: [String]
    }

    struct Standing: Encodable {
        /// Distinct connections that the policy allows because they were observed, in both directions.
        let observedEdges: Int
        let heldBackEdges: Int
        /// The part of all its edges for which nobody, or more than one, could be named: 0 to 1.
        let unresolvedShare: Double
        let hoursOfDay: Int
        let coverage: Coverage?
        /// What is missing to be stable.
        let missing: [String]

        /// The estimated part of its behaviour that was seen, with an interval of 95 %: 0 to 1.
        struct Coverage: Encodable {
            let estimate: Double
            let lower: Double
            let upper: Double
        }

        init(_ standing: WorkloadStanding) {
            observedEdges = standing.observed
            heldBackEdges = standing.held
            unresolvedShare = Self.rounded(standing.unresolvedShare)
            hoursOfDay = standing.hours.count
            coverage = standing.judgement.coverage.map {
                Coverage(
                    estimate: Self.rounded($0.coverage), lower: Self.rounded($0.lower), upper: Self.rounded($0.upper))
            }
            missing = standing.judgement.reasons
        }

        /// To four digits, so that the same store gives the same text on any machine.
        private static func rounded(_ share: Double) -> Double { (share * 10_000).rounded() / 10_000 }
    }

    struct Held: Encodable {
        let what: String
        let reason: String
        let count: Int64
        let first: Timestamp
        let last: Timestamp
    }

    /// Requests of one subject that make no rule for one reason.
    struct NotGranted: Encodable {
        let subject: String
        let reason: String
        /// True if a person has to look.
        let needsAttention: Bool
        let actions: Int
        let count: Int64
        let first: Timestamp
        let last: Timestamp
        /// The first of the actions in their order.
        let example: String
    }

    struct Replay: Encodable {
        let observed: Int
        let allowed: Int
        let denied: [String]
    }

    struct Slack: Encodable {
        let unobserved: Int
        let examples: [String]
    }

    init(_ report: PreviewReport) {
        cluster = report.learned.cluster.rawValue
        first = report.learned.first
        last = report.learned.last
        items = report.items.map { item in
            Item(
                kind: item.kind.rawValue, name: item.title, namespace: item.namespace.rawValue, file: item.fileName,
                maturity: item.maturity.rawValue, days: item.days, standing: item.standing.map(Standing.init),
                slack: item.workloads.first.flatMap { report.slack.byWorkload[$0] }, rules: item.rules,
                warnings: item.warnings,
                heldBack: item.uncovered)
        }
        heldBack = report.learned.network.heldBack.map {
            Held(what: $0.what, reason: $0.reason.rawValue, count: $0.count, first: $0.first, last: $0.last)
        }
        let access = report.learned.access
        refused = access.denied.map {
            Held(
                what: "\($0.subject) \($0.action.phrase)", reason: "the API server refused it", count: $0.count,
                first: $0.first, last: $0.last)
        }
        notGranted = access.notLearned.map {
            NotGranted(
                subject: $0.subject.description, reason: $0.reason.rawValue, needsAttention: $0.reason.needsAttention,
                actions: $0.actions, count: $0.count, first: $0.first, last: $0.last, example: $0.example.phrase)
        }
        replay = Replay(
            observed: report.replay.observed, allowed: report.replay.allowed, denied: report.replay.denied.map(\.text))
        slack = Slack(unobserved: report.slack.unobserved, examples: report.slack.examples)
        notes = report.learned.notes
    }
}
