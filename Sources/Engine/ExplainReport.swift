import Domain
import NetworkLearner
import Rendering

/// The evidence behind the rules of items, as `leastwise explain` prints it.
package struct ExplainReport: Sendable {
    /// At most so many observations are printed for one rule.
    private static let shownEvidence = 40

    private let items: [ProposedItem]
    private let heldBack: [HeldBackConnection]

    /// The items that the words name: a title (`shop/Deployment/web`), its last part, an object (`shop/leastwise-deployment-web`),
    /// or a file. Throws if there is none.
    package init(_ query: String, in learned: LearnedCluster) throws {
        let all = try ItemList.all(learned)
        items = all.filter { Self.matches($0, query) }
        guard !items.isEmpty else {
            let titles = all.map(\.title).sorted().prefix(8).joined(separator: ", ")
            throw EngineError(
                code: .notFound, message: "nothing was learned under the name '\(query)'",
                hint: all.isEmpty
                    ? "observe something first" : "`leastwise preview` lists all; the first are: \(titles)")
        }
        let names = items.map(\.title)
        heldBack = learned.network.heldBack.filter { held in names.contains { held.what.contains($0) } }
    }

    private static func matches(_ item: ProposedItem, _ query: String) -> Bool {
        let objects =
            item.policies.map { "\($0.namespace)/\($0.name)" } + item.grants.roles.map { "\($0.namespace)/\($0.name)" }
        let last = item.title.split(whereSeparator: { "/ ".contains($0) }).last.map(String.init)
        return item.title == query || last == query || item.fileName == query || objects.contains(query)
            || objects.contains { $0.split(separator: "/").last.map(String.init) == query }
    }

    /// The rules, risky ones first, then in the order of the files, each with its evidence, and what is held back.
    ///
    /// - Parameter rule: only that rule, counted from 1 as printed; nil for all.
    package func text(rule: Int? = nil) -> String {
        var lines: [String] = []
        for item in items {
            let seen = "seen on \(item.days) days\(item.standing?.seenText ?? "")"
            lines.append("\(item.title)  (\(item.kind.rawValue), \(item.maturity.rawValue), \(seen))")
            lines += (item.standing?.judgement.reasons ?? []).map { "  not stable: \($0)" }
            for (number, entry) in item.rules.enumerated() where rule == nil || rule == number + 1 {
                lines.append("")
                lines.append(
                    "  \(number + 1). \(entry.direction) \(entry.peers.joined(separator: "; ")): \(entry.ports.joined(separator: ", "))"
                )
                lines += (entry.risks ?? []).map { "     ! \($0.isCritical ? "critical: " : "")it \($0.text)" }
                lines += entry.evidence.all.prefix(Self.shownEvidence).flatMap(Self.lines)
                let rest = entry.evidence.count - Self.shownEvidence
                if rest > 0 { lines.append("       and \(rest) more: `leastwise preview --output json` has them all") }
            }
            if rule == nil { lines += item.warnings.map { "\n  ! \($0)" } }
            lines.append("")
        }
        if rule == nil, !heldBack.isEmpty {
            lines.append("Held back:")
            lines += heldBack.map { "  \($0.text), \($0.first) to \($0.last)" }
        }
        return lines.map { line in
            line.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.oneLine(String($0)) }
                .joined(separator: "\n") + "\n"
        }.joined()
    }

    private static func lines(_ evidence: Evidence) -> [String] {
        var lines = ["       \(evidence.what)"]
        if let first = evidence.first, let last = evidence.last {
            lines.append(
                "         \(evidence.count) times on \(evidence.days) days, \(first) to \(last), by \(evidence.sources.joined(separator: ", "))"
            )
        }
        if let note = evidence.note { lines.append("         \(note)") }
        if !evidence.sample.isEmpty { lines.append("         first seen: \(evidence.sample)") }
        return lines
    }
}
