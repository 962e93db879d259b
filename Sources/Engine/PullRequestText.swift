import Domain
import Mustache
import Proposals
import Rendering
import Templates

/// The texts of a proposal, from templates that a user can replace.
struct PullRequestText {
    let title: String
    let body: String
    let commitMessage: String
}

/// The names of the templates that make one proposal's texts.
struct TemplateNames {
    let title: String
    let body: String
    let message: String

    static let additions = TemplateNames(
        title: "pull-request-title", body: "pull-request-body", message: "commit-message")
    static let removal = TemplateNames(title: "removal-title", body: "removal-body", message: "removal-message")
}

/// What templates are filled with.
protocol ReviewText {
    var templates: TemplateNames { get }
    var mark: ProposalMarker.Mark { get }
    var values: [String: Any] { get }
}

/// What the templates of learned policies and roles are filled with.
struct ReviewContext {
    let scope: ProposalScope
    let cluster: ClusterName
    let fingerprint: String
    let items: [ProposedItem]
    let first: Timestamp
    let last: Timestamp
    let before: ReplayReport
    let after: ReplayReport
    let deniedBefore: Int
    let slackBefore: NetworkSlackReport
    let slackAfter: NetworkSlackReport
    let uncovered: [String]
    let notes: [String]
}

/// The templates in force.
struct TemplateSet {
    private var templates: [String: MustacheTemplate] = [:]

    /// The built-in templates, with files of the folder in place of those of the same name.
    init(overrides folder: String?) throws {
        for (name, builtIn) in Templates.builtIn {
            let own = try folder.flatMap { try Self.file(name, in: $0) }
            do {
                templates[name] = try MustacheTemplate(string: own ?? builtIn)
            } catch {
                throw EngineError(
                    code: .badTemplate, message: "the template \(name).mustache cannot be read: \(error)",
                    hint: "compare it with the one in the program's templates folder")
            }
        }
    }

    /// The folder's own template; nil where it has none of that name.
    private static func file(_ name: String, in folder: String) throws -> String? {
        let path = "\(folder)/\(name).mustache"
        if let text = FileText.read(path) { return text }
        let isWrong = FileText.exists(path) || !FileText.exists(folder)
        guard isWrong else { return nil }
        throw EngineError(
            code: .badTemplate, message: "\(FileText.exists(path) ? path : folder) cannot be read as templates",
            hint: "set templates to a folder with UTF-8 files such as pull-request-body.mustache, or leave it out")
    }

    func render(_ context: some ReviewText) -> PullRequestText {
        var values = context.values
        let names = context.templates
        let title = rendered(names.title, values).trimmed
        values["title"] = title
        return PullRequestText(
            title: title, body: ProposalMarker.marking(body: rendered(names.body, values), context.mark),
            commitMessage: ProposalMarker.marking(commit: rendered(names.message, values), context.mark))
    }

    private func rendered(_ name: String, _ values: [String: Any]) -> String {
        templates[name]?.render(values) ?? ""
    }
}

extension String {
    fileprivate var trimmed: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension String {
    /// The text as it is where it is plain words, else as code: names come from records.
    var plainOrCode: String {
        let isPlain = unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || " .-/:".unicodeScalars.contains(scalar))
        }
        return isPlain ? self : MarkdownText.code(self)
    }
}

extension ReviewContext: ReviewText {
    var templates: TemplateNames { .additions }

    var mark: ProposalMarker.Mark {
        .init(scopeKey: scope.key, fingerprint: ContentFingerprint(rawValue: fingerprint))
    }

    /// At most that many rules of one item stand in the text; the file has them all.
    private static let shownRules = 25

    var values: [String: Any] {
        let network = items.filter { $0.kind == .network }.count
        let access = items.count - network
        return [
            "scope": scope.description.plainOrCode, "scopeKey": scope.key, "fingerprint": fingerprint,
            "cluster": TerminalText.oneLine(cluster.rawValue), "clusterText": MarkdownText.code(cluster.rawValue),
            "first": first.date, "last": last.date,
            "hasNetwork": network > 0, "hasAccess": access > 0, "hasBoth": network > 0 && access > 0,
            "networkCount": String(network), "networkWord": network == 1 ? "policy" : "policies",
            "accessCount": String(access), "accessWord": access == 1 ? "subject" : "subjects",
            "observed": String(after.observed), "allowedBefore": String(before.allowed),
            "allowedAfter": String(after.allowed), "hasDeniedBefore": deniedBefore > 0,
            "deniedBoth": String(deniedBefore), "slackBefore": String(slackBefore.unobserved),
            "slackAfter": String(slackAfter.unobserved), "policies": items.map(Self.values),
            "hasSlack": !slackAfter.examples.isEmpty, "slack": Self.lines(slackAfter.examples),
            "hasUncovered": !uncovered.isEmpty, "uncoveredCount": String(uncovered.count),
            "uncovered": Self.lines(Array(uncovered.prefix(50))) + Self.lines(notes),
        ]
    }

    private static func lines(_ texts: [String]) -> [[String: Any]] {
        texts.map { ["text": MarkdownText.code($0)] }
    }

    private static func values(_ item: ProposedItem) -> [String: Any] {
        let isNetwork = item.kind == .network
        let shown = item.rules.prefix(shownRules)
        return [
            "titleText": MarkdownText.code(item.title), "maturity": item.maturity.rawValue, "days": String(item.days),
            "standing": item.standing?.seenText ?? "",
            "summary": (item.standing.map { Self.missing($0.judgement) } ?? "")
                + "Its file: \(MarkdownText.code(item.fileName)).",
            "firstColumn": isNetwork ? "peers" : "resources", "secondColumn": isNetwork ? "ports" : "verbs",
            "rules": shown.map(values), "hasMoreRules": item.rules.count > shown.count,
            "moreRules": String(item.rules.count - shown.count), "hasWarnings": !item.warnings.isEmpty,
            "warnings": warnings(item).map { ["text": $0] },
        ]
    }

    /// The warnings as Markdown: those that hold names from records as code.
    private static func warnings(_ item: ProposedItem) -> [String] {
        let paths = Set(item.rules.flatMap { $0.risks ?? [] }.map { ExactText($0.text) })
        return item.warnings.map { warning in
            let starts = [ProposedItem.inferredStart, "critical: it ", "it "]
            guard let start = starts.first(where: { warning.utf8.starts(with: $0.utf8) }) else {
                return TerminalText.oneLine(warning)
            }
            let rest = String(decoding: warning.utf8.dropFirst(start.utf8.count), as: UTF8.self)
            let isOwn = start != ProposedItem.inferredStart && !paths.contains(ExactText(rest))
            return isOwn ? TerminalText.oneLine(warning) : start + MarkdownText.code(rest)
        }
    }

    /// What keeps a workload from being stable, where less is proposed on demand.
    private static func missing(_ judgement: MaturityJudgement) -> String {
        judgement.reasons.isEmpty
            ? "" : "Not stable: \(judgement.reasons.map(MarkdownText.code).joined(separator: "; ")). "
    }

    private static func values(_ rule: ReviewRule) -> [String: Any] {
        let shown = rule.peers.prefix(6).map { MarkdownText.code($0) }
        let more = rule.peers.count > shown.count ? ["and \(rule.peers.count - shown.count) more"] : []
        return [
            "peers": "\(rule.direction) " + (shown + more).joined(separator: "<br>"),
            "ports": rule.ports.map { MarkdownText.code($0) }.joined(separator: " "),
            "count": rule.count == 0 ? "-" : String(rule.count), "days": rule.days == 0 ? "-" : String(rule.days),
            "last": rule.last?.date ?? "declared",
        ]
    }
}
