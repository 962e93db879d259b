package import Domain
package import RBACLearner
import Rendering

extension ProposedItem {
    /// The item of one subject's roles.
    package init(_ learned: LearnedSubject, _ cluster: LearnedCluster, thresholds: MaturityThresholds) {
        let history = learned.history
        let maturity = thresholds.judge(
            days: history.days, lastNovelty: history.lastNovelty, newest: cluster.last,
            isScheduled: Self.isScheduled(learned.subject, cluster.inventory))
        self.init(
            kind: .rbac, title: learned.subject.description, namespace: learned.subject.namespace,
            fileName: "rbac-\(learned.fileStem).yaml", policies: [], grants: learned.manifests, maturity: maturity,
            days: history.days.count, rules: Self.riskyFirst(learned.roles.flatMap(Self.review)),
            warnings: Self.warnings(learned),
            uncovered: learned.gaps.map(\.text), workloads: [], comment: Self.comment(learned.subject.description))
    }

    /// True for a service account that only scheduled jobs use.
    private static func isScheduled(_ subject: Subject, _ inventory: ClusterInventory) -> Bool {
        guard subject.kind == .serviceAccount else { return false }
        let users = inventory.workloads.filter {
            $0.id.namespace == subject.namespace && $0.serviceAccount == subject.name
        }
        return !users.isEmpty && users.allSatisfy { $0.schedule != nil }
    }

    private static func review(_ role: LearnedRole) -> [ReviewRule] {
        let scope = scope(role)
        return role.rules.map { learned in
            ReviewRule(
                direction: scope, peers: text(learned.rule), ports: learned.rule.verbs,
                evidence: EvidenceList(learned.evidence.map(\.summary)),
                risks: learned.risks.map {
                    ReviewRule.Risk(kind: $0.kind.rawValue, isCritical: $0.isCritical, text: $0.path)
                })
        }
    }

    private static func scope(_ role: LearnedRole) -> String {
        switch role.scope {
        case .cluster: "cluster"
        case .namespaces(let namespaces): namespaces.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// What a rule holds for: resources with their group and names, or paths.
    private static func text(_ rule: PolicyRule) -> [String] {
        let names =
            rule.resourceNames.isEmpty ? "" : " " + rule.resourceNames.map { "\"\($0)\"" }.joined(separator: ", ")
        return rule.resourceTexts.map { $0 + names } + rule.nonResourceURLs
    }

    private static func warnings(_ learned: LearnedSubject) -> [String] {
        let risks = Set(learned.roles.flatMap(\.rules).flatMap(\.risks)).sorted()
        let shown = risks.prefix(shownRisks).map { ($0.isCritical ? "critical: " : "") + "it \($0.path)" }
        let more = risks.count - shown.count
        return shown + (more > 0 ? ["and \(more) more risks: `leastwise preview --output json` lists them"] : [])
            + inferred(learned) + learned.gaps.map(\.text)
    }

    /// What bundles added, a line for each scope.
    private static func inferred(_ learned: LearnedSubject) -> [String] {
        learned.roles.compactMap { role in
            role.inferredText.map { inferredStart + "\(scope(role)): \($0)" }
        }
    }

    /// What warnings of inferred permissions begin with; the rest holds names from records.
    static let inferredStart = "inferred by a bundle, not observed: "

    /// At most so many risks stand in the warnings of one subject.
    private static let shownRisks = 30

    /// Rules with critical risks, then those with others, then the rest; otherwise in the order of the file.
    private static func riskyFirst(_ rules: [ReviewRule]) -> [ReviewRule] {
        let isCritical: (ReviewRule) -> Bool = { $0.risks?.first?.isCritical == true }
        let isRisky: (ReviewRule) -> Bool = { $0.risks?.isEmpty == false && !isCritical($0) }
        return rules.filter(isCritical) + rules.filter(isRisky) + rules.filter { $0.risks?.isEmpty != false }
    }
}

extension LearnedSubject {
    /// The generated objects' name without the mark that all of them share.
    fileprivate var fileStem: String {
        let prefix = "leastwise-"
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}

extension AccessGap {
    /// The gap as a sentence.
    package var text: String {
        "the API server may also ask for \(verb) on \(resource), which no audit event shows: a person has to decide"
    }
}
