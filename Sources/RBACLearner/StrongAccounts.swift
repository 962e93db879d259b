import Domain

/// Who of the cluster's service accounts can do far more than a workload needs, by namespace.
///
/// Whoever may create pods in a namespace, or tokens there, can become any of its service accounts (Kubernetes
/// documentation, Role Based Access Control Good Practices, "Workload creation" and "Token request").
struct StrongAccounts {
    /// A service account, or a group that all of a namespace belong to, with its strongest right.
    struct Account: Hashable {
        let holder: Subject
        let kind: AccessRisk.Kind
        /// `any verb on any resource through ClusterRoleBinding deployer`.
        let strength: String
        var isCritical: Bool { kind.isAlwaysCritical }

        var text: String {
            let name = holder.kind == .group ? "any ServiceAccount (\(holder))" : holder.description
            return "\(name) (\(strength))"
        }
    }

    private var byHolder: [Subject: Account] = [:]
    /// Sorted by strength.
    private var byNamespace: [Namespace: [Account]] = [:]
    /// All of them, sorted by strength.
    private var everywhere: [Account] = []

    /// Reads the bindings that Kubernetes does not keep itself; the roles of its own that they bind do count.
    init(_ grants: AccessGrants) {
        var roles: [RoleKey: Role] = [:]
        for role in grants.roles { roles[RoleKey(role)] = role }
        var known: [RoleUse: Right?] = [:]
        for binding in grants.bindings where !DefaultGrants.isDefault(binding.labels) {
            let isWide = binding.isClusterRoleBinding
            guard let key = RoleKey(boundBy: binding) else { continue }
            let use = RoleUse(role: key, isWide: isWide)
            let right = known[use] ?? roles[key].flatMap { Right.strongest(of: $0.rules, isWide: isWide) }
            known[use] = .some(right)
            if let right { add(right, binding) }
        }
        everywhere = byHolder.values.sorted { Self.precedes($0, $1) }
        for account in everywhere { byNamespace[Self.home(account.holder), default: []].append(account) }
    }

    private struct RoleUse: Hashable {
        let role: RoleKey
        let isWide: Bool
    }

    private struct Right {
        let kind: AccessRisk.Kind
        let text: String

        static func strongest(of rules: [PolicyRule], isWide: Bool) -> Right? {
            let acting = rules.compactMap { ActingRule(of: $0)?.rule }
            let found = (rules + acting).compactMap { rule -> (kind: AccessRisk.Kind, text: String)? in
                let kind = AccessRisk.Kind.allCases.first {
                    $0.makesStrong(isWide: isWide) && $0.isStrong(in: rule, isWide: isWide)
                }
                return kind.map { ($0, $0.strength(in: rule)) }
            }
            let best = found.min { ($0.kind, ExactText($0.text)) < ($1.kind, ExactText($1.text)) }
            return best.map { Right(kind: $0.kind, text: $0.text) }
        }
    }

    private mutating func add(_ right: Right, _ binding: RoleBinding) {
        let place = binding.isClusterRoleBinding ? "" : " in \(binding.namespace)"
        let strength = "\(right.text)\(place) through \(BindingKey(binding).phrase)"
        for subject in binding.subjects {
            let subject = Subject(userName: subject.resolved(in: binding.namespace).userName, kind: subject.kind)
            guard Self.isHolder(subject) else { continue }
            let account = Account(holder: subject, kind: right.kind, strength: strength)
            guard let present = byHolder[subject], !Self.precedes(account, present) else {
                byHolder[subject] = account
                continue
            }
        }
    }

    private static let groupPrefix = "system:serviceaccounts"

    private static func isHolder(_ subject: Subject) -> Bool {
        subject.kind == .serviceAccount
            || subject.kind == .group
                && (subject.name == groupPrefix || subject.name.utf8.starts(with: "\(groupPrefix):".utf8))
    }

    /// Where pods run as the holder; the cluster scope for the group of all service accounts.
    private static func home(_ holder: Subject) -> Namespace {
        guard holder.kind == .group else { return holder.namespace }
        return Namespace(String(decoding: holder.name.utf8.dropFirst(groupPrefix.utf8.count + 1), as: UTF8.self))
    }

    private static func precedes(_ left: Account, _ right: Account) -> Bool {
        (left.kind, left.holder, ExactText(left.strength)) < (right.kind, right.holder, ExactText(right.strength))
    }
}

extension StrongAccounts {
    /// The strongest account that pods of the scope can run as, other than the subject itself; and how many more there are.
    func strongest(in scope: LearnedRole.Scope, besides subject: Subject) -> (account: Account, more: Int)? {
        let lists: [[Account]]
        switch scope {
        case .cluster: lists = [everywhere]
        case .namespaces(let namespaces): lists = (namespaces + [.clusterScope]).compactMap { byNamespace[$0] }
        }
        // At most three are the subject's own: itself, and the groups that it is in.
        let first = lists.compactMap { list in list.first { !Self.isOwn($0, of: subject) } }.min(by: Self.precedes)
        guard let first else { return nil }
        let total = lists.reduce(0) { $0 + $1.count }
        return (first, total - 1 - ownAccounts(of: subject, in: scope))
    }

    /// What is known of one service account.
    func account(_ subject: Subject) -> Account? { byHolder[subject] }

    private func ownAccounts(of subject: Subject, in scope: LearnedRole.Scope) -> Int {
        guard subject.kind == .serviceAccount else { return 0 }
        let groups = [Self.groupPrefix, "\(Self.groupPrefix):\(subject.namespace)"].map {
            Subject(kind: .group, name: $0)
        }
        return ([subject] + groups).filter { holder in
            guard byHolder[holder] != nil else { return false }
            guard case .namespaces(let namespaces) = scope else { return true }
            return Self.home(holder) == .clusterScope || namespaces.contains(Self.home(holder))
        }.count
    }

    private static func isOwn(_ account: Account, of subject: Subject) -> Bool {
        guard account.holder.kind == .group else { return account.holder == subject }
        let home = home(account.holder)
        return subject.kind == .serviceAccount && (home == .clusterScope || home == subject.namespace)
    }
}

extension AccessRisk.Kind {
    /// True if a right of the kind makes its holder worth becoming; some do only where they hold in the whole cluster.
    fileprivate func makesStrong(isWide: Bool) -> Bool {
        switch self {
        case .portForwarding, .namespaces: false
        // Nodes and certificate requests are of no namespace: no RoleBinding reaches them.
        case .nodeProxy, .certificates: isWide
        default: isAlwaysCritical || isWide
        }
    }

    /// A pattern makes strong only where it stands for any resource, and for writing or for reading all secrets there are.
    fileprivate func isStrong(in rule: PolicyRule, isWide: Bool) -> Bool {
        // Constrained, it opens no more than what other rules say.
        if self == .impersonation { return rule.isUnconstrainedImpersonation }
        guard self == .wildcard else { return applies(to: rule) }
        return rule.grants(Self.writing + (isWide ? ["get", "list", "watch"] : []), "", ["*"])
    }

    fileprivate func strength(in rule: PolicyRule) -> String {
        switch self {
        case .wildcard: rule.patternText
        case .escalation: "widens roles at will"
        case .impersonation: "acts as others"
        case .roleWriting: "writes roles or bindings"
        case .nodeProxy: "runs commands in any pod of a node"
        case .tokens: "makes tokens of service accounts"
        case .certificates: "approves or signs certificates"
        case .execution, .attachment, .ephemeralContainers: "runs commands in any pod"
        case .portForwarding: "reaches any port of pods"
        case .workloads: "creates pods in any namespace"
        case .secrets: "reads secrets of any namespace"
        case .admission: "writes admission webhooks"
        case .volumes: "creates volumes"
        case .namespaces: "changes labels of namespaces"
        }
    }
}

extension PolicyRule {
    /// `any verb on any resource`.
    var patternText: String {
        let verbs = self.verbs.contains("*") ? "any verb" : self.verbs.joined(separator: ", ")
        let isAny = resources.contains("*")
        let what = isAny ? "any resource" : resources.joined(separator: ", ")
        let groups =
            apiGroups.contains("*")
            ? (isAny ? "" : " of any API group") : " of \(apiGroups.map(\.groupText).joined(separator: ", "))"
        return "\(verbs) on \(what)\(groups)"
    }
}

extension String {
    fileprivate var groupText: String { isEmpty ? "the core API group" : self }
}

extension Subject {
    /// The subject of a user name or a group's name.
    fileprivate init(userName: String, kind: Kind) {
        self = kind == .group ? Subject(kind: .group, name: userName) : Subject(userName: userName)
    }
}
