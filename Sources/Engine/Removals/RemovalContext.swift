import Domain
import Layout
import Proposals
import RBACLearner
import Rendering

/// What the templates of a removal are filled with.
struct RemovalContext {
    let scope: ProposalScope
    let cluster: ClusterName
    let fingerprint: String
    let removals: [Removal]
    let first: Timestamp
    let last: Timestamp
    /// Days on which audit events were recorded.
    let recordedDays: Int
    let before: ReplayReport
    let after: ReplayReport
    let notes: [String]
}

extension RemovalContext: ReviewText {
    var templates: TemplateNames { .removal }

    var mark: ProposalMarker.Mark {
        .init(scopeKey: scope.key, fingerprint: ContentFingerprint(rawValue: fingerprint))
    }

    /// At most that many lines of one object stand in the text; the difference has them all.
    private static let shownLines = 25

    var values: [String: Any] {
        let roles = removals.filter(\.isOfRole).count
        let bindings = removals.count - roles
        return [
            "scope": scope.description.plainOrCode, "scopeKey": scope.key, "fingerprint": fingerprint,
            "cluster": TerminalText.oneLine(cluster.rawValue), "clusterText": MarkdownText.code(cluster.rawValue),
            "first": first.date, "last": last.date, "recordedDays": String(recordedDays),
            "hasRoles": roles > 0, "hasBindings": bindings > 0, "hasBoth": roles > 0 && bindings > 0,
            "roleCount": String(roles), "roleWord": roles == 1 ? "role" : "roles",
            "bindingCount": String(bindings), "bindingWord": bindings == 1 ? "binding" : "bindings",
            "observed": String(after.observed), "allowedBefore": String(before.allowed),
            "allowedAfter": String(after.allowed), "objects": removals.map(Self.values),
            "hasNotes": !notes.isEmpty, "notes": notes.map { ["text": MarkdownText.code($0)] },
        ]
    }

    private static func values(_ removal: Removal) -> [String: Any] {
        let shown = removal.lines.prefix(shownLines)
        return [
            "titleText": MarkdownText.code(removal.title), "pathText": MarkdownText.code(removal.manifest.path),
            "lines": shown.map { line in
                [
                    "what": MarkdownText.code(line.what),
                    "left": line.left.isEmpty
                        ? "nothing" : line.left.map { MarkdownText.code($0) }.joined(separator: "<br>"),
                    "evidence": TerminalText.oneLine(line.evidence),
                ]
            },
            "hasMore": removal.lines.count > shown.count, "more": String(removal.lines.count - shown.count),
            "subjects": subjects(removal.subjects),
            "hasWarnings": !removal.warnings.isEmpty,
            "warnings": removal.warnings.map { ["text": $0.markdown] },
        ]
    }

    /// At most that many subjects of one object are named.
    private static let shownSubjects = 10

    private static func subjects(_ all: [ReviewedSubject]) -> String {
        let shown = all.prefix(shownSubjects).map { subject in
            let seen = subject.lastSeen.map { "last seen \($0.date)" } ?? "never seen"
            return "\(MarkdownText.code(subject.subject.description)) (\(seen))"
        }
        let more = all.count > shown.count ? ["and \(all.count - shown.count) more"] : []
        return (shown + more).joined(separator: ", ")
    }
}

extension Removal.Warning {
    /// Words of rules are people's, and may be anything.
    fileprivate var markdown: String {
        rule.map { "\(what): \(MarkdownText.code($0)): \(why)" } ?? "\(what): \(why)"
    }
}

extension Removal {
    fileprivate var isOfRole: Bool {
        if case .rules = edit { true } else { false }
    }
}
