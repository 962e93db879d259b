import Domain
import NetworkLearner

/// The JSON form of a preview.
struct PreviewDocument: Encodable {
    let cluster: String
    let first: Timestamp
    let last: Timestamp
    let items: [Item]
    let heldBack: [Held]
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
        let rules: [ReviewRule]
        let warnings: [String]
        let heldBack: [String]
    }

    struct Held: Encodable {
        let what: String
        let reason: String
        let count: Int64
        let first: Timestamp
        let last: Timestamp
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
                maturity: item.maturity.rawValue, days: item.days, rules: item.rules, warnings: item.warnings,
                heldBack: item.uncovered)
        }
        heldBack = report.learned.network.heldBack.map {
            Held(what: $0.what, reason: $0.reason.rawValue, count: $0.count, first: $0.first, last: $0.last)
        }
        replay = Replay(
            observed: report.replay.observed, allowed: report.replay.allowed, denied: report.replay.denied.map(\.text))
        slack = Slack(unobserved: report.slack.unobserved, examples: report.slack.examples)
        notes = report.learned.notes
    }
}
