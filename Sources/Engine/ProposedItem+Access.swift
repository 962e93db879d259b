import Domain
package import RBACLearner
import Rendering

extension ProposedItem {
    /// The item of one subject's roles.
    package init(_ learned: LearnedSubject, _ cluster: LearnedCluster, users: AccountUsers) {
        let history = learned.history
        let maturity = cluster.thresholds.judge(
            days: history.days, lastNovelty: history.lastNovelty, newest: cluster.last,
            isScheduled: Self.isScheduled(learned.subject, users))
        self.init(
            kind: .rbac, title: learned.subject.description, namespace: learned.subject.namespace,
            fileName: "rbac-\(learned.fileStem).yaml", policies: [], grants: learned.manifests, maturity: maturity,
            days: history.days.count, rules: Self.riskyFirst(learned.roles.flatMap(Self.review)),
            warnings: Self.warnings(learned) + Self.notes(learned, cluster.inventory, users),
            uncovered: learned.gaps.map(\.text), workloads: [], comment: Self.comment(learned.subject.description))
    }

    /// True for a service account that only scheduled jobs use.
    private static func isScheduled(_ subject: Subject, _ users: AccountUsers) -> Bool {
        let workloads = users.workloads(of: subject)
        return !workloads.isEmpty && workloads.allSatisfy { $0.schedule != nil }
    }

    /// What a reviewer has to know of whose rights these are, and of where they lie.
    private static func notes(
        _ learned: LearnedSubject, _ inventory: ClusterInventory, _ users: AccountUsers
    ) -> [String] {
        var notes: [String] = []
        if users.isShared(learned.subject) {
            let parts = users.parts(of: learned.subject).map(\.phrase)
            let who = parts.isEmpty ? "by workloads that are not known" : "by \(parts.joined(separator: "; "))"
            notes.append("it is used \(who): an account for each would let each have its own rights")
        }
        let namespaces = Set(learned.manifests.bindings.map(\.namespace)).subtracting([.clusterScope])
        let gone = inventory.namespaces.isEmpty ? [] : namespaces.filter { inventory.namespaces[$0] == nil }.sorted()
        if !gone.isEmpty {
            let names = gone.prefix(5).map(\.rawValue).joined(separator: ", ") + (gone.count > 5 ? " and others" : "")
            notes.append("not among the observed namespaces: \(names). Applying to one that is gone fails")
        }
        return notes
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

extension ReviewedAccount.Part {
    /// `shop/Deployment/web (get configmaps in shop; list pods in shop)`.
    var phrase: String {
        let shown = actions.prefix(8).map(\.phrase)
        let more = actions.count > 8 ? ["\(actions.count - 8) more"] : []
        return user + (actions.isEmpty ? "" : " (\((shown + more).joined(separator: "; ")))")
    }
}

extension AccessGap {
    /// The gap as a sentence.
    package var text: String {
        "the API server may also ask for \(verb) on \(resource), which no audit event shows: a person has to decide"
    }
}
