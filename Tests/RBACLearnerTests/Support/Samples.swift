import Domain
import RBACLearner

/// Short ways to write requests, and to learn from them.
enum Samples {
    static let cluster = ClusterName("test")
    static let start = Timestamp(seconds: 1_760_000_000)

    static let api = Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "api")
    static let alice = Subject(kind: .user, name: "alice@example.com")

    static func fact(count: Int64 = 1, day: Int64 = 0) -> AccessFact {
        let time = Timestamp(seconds: 1_760_000_000 + day * 86400)
        return AccessFact(
            count: count, dryRuns: 0, first: time, last: time, days: DaySet(day: time.day), sources: .audit, sample: "")
    }

    static func learn(
        _ requests: [(Subject, AccessAction)], reason: String = "", decision: AccessEdge.Decision = .allowed,
        memberships: [Subject: Set<ExactText>] = [:], options: AccessLearningOptions = AccessLearningOptions(),
        grants: AccessGrants = AccessGrants()
    ) -> LearnedAccess {
        let edges = requests.map { subject, action in
            edge(subject, action, decision, reason: reason)
        }
        return learn(
            Dictionary(edges.map { ($0, fact()) }) { $1 }, memberships: memberships, options: options, grants: grants)
    }

    static func learn(
        _ edges: [AccessEdge: AccessFact], memberships: [Subject: Set<ExactText>] = [:],
        options: AccessLearningOptions = AccessLearningOptions(), grants: AccessGrants = AccessGrants()
    ) -> LearnedAccess {
        var inventory = ClusterInventory(cluster: cluster)
        inventory.grants = grants
        return AccessLearner(options: options).learn(
            AccessObservations(
                cluster: cluster, edges: edges, memberships: memberships, inventory: inventory, newest: start))
    }

    static func edge(
        _ subject: Subject, _ action: AccessAction, _ decision: AccessEdge.Decision = .allowed, reason: String = ""
    ) -> AccessEdge {
        AccessEdge(cluster: cluster, subject: subject, action: action, decision: decision, reason: reason)
    }

    /// `get pods/log web in shop` as (`get`, `pods/log`, `shop`, `web`); the group follows from the resource.
    static func action(_ verb: String, _ resource: String, _ namespace: String = "", _ name: String = "")
        -> AccessAction
    {
        let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
        return AccessAction(
            verb: verb, apiGroup: groups[parts[0]] ?? "", resource: parts[0],
            subresource: parts.count == 2 ? parts[1] : "", namespace: Namespace(namespace), name: name)
    }

    private static let groups = [
        "deployments": "apps", "leases": "coordination.k8s.io", "jobs": "batch",
        "roles": "rbac.authorization.k8s.io", "clusterrolebindings": "rbac.authorization.k8s.io",
        "certificatesigningrequests": "certificates.k8s.io", "uids": "authentication.k8s.io",
        "selfsubjectaccessreviews": "authorization.k8s.io", "selfsubjectreviews": "authentication.k8s.io",
    ]

    static func allowedBy(group: String) -> String {
        "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group \"\(group)\""
    }
}

extension LearnedAccess {
    /// Every rule as `scope: verbs groups/resources [names]`, sorted by scope: short enough for a table.
    var ruleLines: [String] {
        subjects.flatMap { subject in
            subject.roles.flatMap { role in role.rules.map { "\(role.scope.line): \($0.rule.line)" } }
        }
    }
}

extension LearnedRole.Scope {
    fileprivate var line: String {
        switch self {
        case .cluster: "cluster"
        case .namespaces(let namespaces): namespaces.map(\.rawValue).joined(separator: "+")
        }
    }
}

extension PolicyRule {
    fileprivate var line: String {
        let what = nonResourceURLs.isEmpty ? resources : nonResourceURLs
        let groups = apiGroups == [""] || apiGroups.isEmpty ? "" : " (\(apiGroups.joined(separator: ",")))"
        let names = resourceNames.isEmpty ? "" : " [\(resourceNames.joined(separator: ","))]"
        return verbs.joined(separator: ",") + " " + what.joined(separator: ",") + groups + names
    }
}
