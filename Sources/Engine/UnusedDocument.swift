import Domain
import RBACLearner

/// The JSON form of `UnusedReport`.
struct UnusedDocument: Encodable {
    let cluster: String
    let first: Timestamp
    let last: Timestamp
    let days: Int
    let recordedDays: Int
    /// Whole rules that allowed nothing that was seen.
    let unused: [Binding]
    /// Rules of which some words allowed nothing that was seen.
    let usedInPart: [PartlyUsed]
    let grantedToNobody: [String]
    let neverSeen: [String]
    let sharedAccounts: [Account]
    /// Bindings that allowed requests and do not by what was observed of them.
    let outdated: [String]
    /// Why nothing is proposed to be taken, whatever it is.
    let nothingGoes: String?

    struct Binding: Encodable {
        let binding: String
        let role: String
        let subjects: [Subject]
        /// True if no rule of it allowed anything that was seen.
        let wholly: Bool
        let lastUse: Timestamp?
        /// The requests for which the authorizer named it.
        let namedFor: Int64
        let rules: [Rule]
        /// Why they are not proposed to be taken, as far as it does not depend on the repository.
        let obstacles: [String]
    }

    struct Subject: Encodable {
        let kind: String
        let namespace: String?
        let name: String
        let lastSeen: Timestamp?
    }

    struct Rule: Encodable {
        let role: String
        /// The rule's position in the role, from 0.
        let index: Int
        let verbs: [String]
        let apiGroups: [String]?
        let resources: [String]?
        let resourceNames: [String]?
        let nonResourceURLs: [String]?
        /// What the rule leads to, to be read behind "it"; critical ones first.
        let risks: [String]?
    }

    struct PartlyUsed: Encodable {
        let binding: String
        let rule: Rule
        let lastUse: Timestamp?
        let unused: Unused
        let coveredByWildcards: [String]
        let used: [Use]
    }

    struct Unused: Encodable {
        let verbs: [String]
        let apiGroups: [String]
        let resources: [String]
        let resourceNames: [String]
        let nonResourceURLs: [String]
    }

    struct Use: Encodable {
        let what: String
        let count: Int64
        let first: Timestamp
        let last: Timestamp
        let isInferred: Bool
    }

    struct Account: Encodable {
        let account: String
        let isDefault: Bool
        let bindings: [String]
        let users: [User]

        /// A workload, and what its pods asked for.
        struct User: Encodable {
            let user: String
            let actions: [String]
        }
    }

    init(_ report: UnusedReport) {
        cluster = report.cluster.rawValue
        first = report.first
        last = report.last
        days = report.days
        recordedDays = report.recordedDays
        unused = report.unused.map { Binding($0, obstacles: report.obstacles($0)) }
        usedInPart = report.usedInPart.flatMap { binding in
            binding.rules.filter(\.isUsedInPart).map { PartlyUsed(binding, $0) }
        }
        grantedToNobody = report.unbound.map(\.description)
        neverSeen = report.neverSeen.map(\.description)
        sharedAccounts = report.accounts.map(Account.init)
        outdated = report.outdated.map(\.description)
        nothingGoes = report.nothingGoes
    }
}

extension UnusedDocument.Binding {
    fileprivate init(_ reviewed: ReviewedBinding, obstacles: [String]) {
        self.obstacles = obstacles
        binding = reviewed.key.description
        role = reviewed.binding.role.name
        subjects = reviewed.subjects.map { seen in
            let namespace = seen.subject.namespace
            return UnusedDocument.Subject(
                kind: seen.subject.kind.rawValue, namespace: namespace == .clusterScope ? nil : namespace.rawValue,
                name: seen.subject.name, lastSeen: seen.lastSeen)
        }
        wholly = reviewed.isUnused
        lastUse = reviewed.lastUse
        namedFor = reviewed.named
        rules = reviewed.unusedRules.map(UnusedDocument.Rule.init)
    }
}

extension UnusedDocument.Rule {
    fileprivate init(_ reviewed: ReviewedRule) {
        let rule = reviewed.rule
        role = reviewed.origin.description
        index = reviewed.index
        verbs = rule.verbs
        apiGroups = rule.apiGroups.isEmpty ? nil : rule.apiGroups
        resources = rule.resources.isEmpty ? nil : rule.resources
        resourceNames = rule.resourceNames.isEmpty ? nil : rule.resourceNames
        nonResourceURLs = rule.nonResourceURLs.isEmpty ? nil : rule.nonResourceURLs
        risks = reviewed.risks.isEmpty ? nil : reviewed.risks.map { ($0.isCritical ? "critical: " : "") + $0.path }
    }
}

extension UnusedDocument.PartlyUsed {
    fileprivate init(_ reviewed: ReviewedBinding, _ rule: ReviewedRule) {
        let parts = rule.unusedParts
        binding = reviewed.key.description
        self.rule = UnusedDocument.Rule(rule)
        lastUse = rule.lastUse
        unused = UnusedDocument.Unused(
            verbs: parts.verbs, apiGroups: parts.apiGroups, resources: parts.resources,
            resourceNames: parts.resourceNames, nonResourceURLs: parts.nonResourceURLs)
        coveredByWildcards = rule.coveredByWildcards.map(\.phrase)
        used = rule.used.map {
            UnusedDocument.Use(
                what: $0.action.phrase, count: $0.count, first: $0.first, last: $0.last, isInferred: $0.isInferred)
        }
    }
}

extension UnusedDocument.Account {
    fileprivate init(_ reviewed: ReviewedAccount) {
        account = reviewed.account.description
        isDefault = reviewed.isDefault
        bindings = reviewed.bindings.map(\.description)
        users = reviewed.parts.map { User(user: $0.user, actions: $0.actions.map(\.phrase)) }
    }
}
