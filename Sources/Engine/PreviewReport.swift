import Domain
import Foundation
import NetworkLearner
import RBACLearner
import Rendering

/// What would be proposed, in the forms that `leastwise preview` prints.
package struct PreviewReport {
    package let learned: LearnedCluster
    /// The items to show: filtered, sorted.
    package let items: [ProposedItem]
    package let replay: ReplayReport
    package let slack: NetworkSlackReport

    package init(learned: LearnedCluster, items: [ProposedItem], replay: ReplayReport, slack: NetworkSlackReport) {
        self.learned = learned
        self.items = items
        self.replay = replay
        self.slack = slack
    }

    /// All objects as one stream of YAML documents.
    package var yaml: String {
        items.flatMap(\.documents).map(\.text).joined(separator: "---\n")
    }

    /// A table for a person, one line a rule direction of each workload and subject.
    package var summary: String {
        var network = TextTable(
            ["WORKLOAD", "DIRECTION", "PEERS", "PORTS", "OBSERVED", "DAYS", "COVERAGE", "MATURITY"],
            rightAligned: [4, 5, 6])
        var access = TextTable(
            ["SUBJECT", "SCOPE", "RESOURCES", "VERBS", "OBSERVED", "DAYS", "MATURITY"], rightAligned: [4, 5])
        for item in items {
            var title = item.title
            for rule in item.rules {
                let row = [
                    title, rule.direction, Self.short(rule.peers), Self.short(rule.ports),
                    rule.count == 0 ? "-" : String(rule.count), rule.days == 0 ? "-" : String(rule.days),
                ]
                if let standing = item.standing {
                    network.add(row + [standing.coverageText, item.maturity.rawValue])
                } else {
                    access.add(row + [item.maturity.rawValue])
                }
                title = ""
            }
        }
        let parts = [network, access].filter { !$0.isEmpty }.map(\.text) + [footer]
        return parts.joined(separator: "\n")
    }

    private static func short(_ words: [String]) -> String {
        words.count <= 3
            ? words.joined(separator: "; ") : words.prefix(2).joined(separator: "; ") + " and \(words.count - 2) more"
    }

    private var footer: String {
        let period = "\(learned.first.date) to \(learned.last.date)"
        var lines = [
            "Cluster \(learned.cluster), observed \(period): \(replay.observed) connections and requests learned, "
                + "\(replay.allowed) of them allowed by these policies.",
            "Slack: \(slack.unobserved) connections between workloads are allowed that were never observed.",
        ]
        let held =
            items.reduce(0) { $0 + $1.uncovered.count } + learned.network.unplaced.filter(\.reason.needsAttention).count
        if held > 0 {
            lines.append("\(held) observed edges are held back: `leastwise preview --output json` lists them.")
        }
        lines += accessLines + unstable
        return (lines + learned.notes.map { "Note: \($0)." }).map { TerminalText.oneLine($0) + "\n" }.joined()
    }

    /// What was asked of the API server and is not granted.
    private var accessLines: [String] {
        guard items.isEmpty || items.contains(where: { $0.kind == .rbac }) else { return [] }
        let refused = learned.access.denied
        let askers = Set(refused.map(\.subject)).count
        let odd = learned.access.notLearned.filter(\.reason.needsAttention)
        let all = "`leastwise preview --output json` lists them."
        return
            (refused.isEmpty
            ? []
            : [
                "Refused by the API server, never granted: \(refused.count) kinds of requests by \(askers) subjects. \(all)"
            ])
            + (odd.isEmpty
                ? []
                : ["Allowed, but no rule can say it: \(odd.reduce(0) { $0 + $1.actions }) kinds of requests. \(all)"])
    }

    /// At most so many workloads are listed with what is missing to be stable.
    private static let shownUnstable = 10

    private var unstable: [String] {
        let waiting = items.filter { $0.standing?.judgement.reasons.isEmpty == false }
        let shown = waiting.prefix(Self.shownUnstable).map { item in
            "Not stable: \(item.title): \(item.standing?.judgement.reasons.joined(separator: "; ") ?? "")."
        }
        let rest = waiting.count - shown.count
        return shown + (rest > 0 ? ["Not stable: \(rest) more; `leastwise preview --output json` says why."] : [])
    }

    /// The whole report as JSON with sorted keys.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(PreviewDocument(self)), as: UTF8.self) + "\n"
    }
}
