import Domain

/// What Kubernetes' own default roles give to everyone, so that it needs no grant.
///
/// Read from the live bindings that the API server keeps (label `kubernetes.io/bootstrapping=rbac-defaults`) where the
/// inventory has any; otherwise the defaults of Kubernetes 1.36 (system:discovery, system:public-info-viewer,
/// system:basic-user, system:service-account-issuer-discovery).
struct DefaultGrants {
    private let everyone: RuleTable
    private let serviceAccounts: RuleTable
    /// Rules of default roles that are bound to one service account: the controllers of Kubernetes itself.
    private let own: [Subject: RuleTable]
    private let isLive: Bool

    init(_ grants: AccessGrants) {
        let roles = Dictionary(
            grants.roles.filter { $0.isClusterRole && Self.isDefault($0.labels) }.map { ($0.name, $0) }
        ) { $1 }
        let bindings = grants.bindings.filter { $0.isClusterRoleBinding && Self.isDefault($0.labels) }
        isLive = bindings.contains { $0.subjects.contains { $0.name == "system:authenticated" } }
        guard isLive else {
            everyone = RuleTable(Self.builtInForEveryone)
            serviceAccounts = RuleTable(Self.builtInForServiceAccounts)
            own = [:]
            return
        }
        var rules: [Subject: [PolicyRule]] = [:]
        for binding in bindings {
            guard let role = roles[binding.role.name] else { continue }
            for subject in binding.subjects { rules[subject, default: []] += role.rules }
        }
        everyone = RuleTable(rules[Subject(kind: .group, name: "system:authenticated")] ?? [])
        serviceAccounts = RuleTable(rules[Subject(kind: .group, name: "system:serviceaccounts")] ?? [])
        own = rules.filter { $0.key.kind == .serviceAccount }.mapValues { RuleTable($0) }
    }

    /// Why the request needs no grant; nil if it needs one.
    func reason(for subject: Subject, _ action: AccessAction, _ reason: GrantReason?) -> UnlearnedReason? {
        if everyone.covers(action) { return .everyone }
        guard subject.kind == .serviceAccount else { return nil }
        if serviceAccounts.covers(action) { return .everyone }
        if own[subject]?.covers(action) == true { return .ownDefault }
        let isController =
            !isLive && subject.namespace.rawValue == "kube-system" && reason?.bindingNamespace == .clusterScope
            && reason?.bindingName.hasPrefix("system:controller:") == true
        return isController ? .ownDefault : nil
    }

    static func isDefault(_ labels: Labels) -> Bool { labels["kubernetes.io/bootstrapping"] == "rbac-defaults" }

    private static let builtInForEveryone = [
        PolicyRule(
            verbs: ["get"],
            nonResourceURLs: [
                "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                "/version", "/version/",
            ]),
        PolicyRule(
            verbs: ["create"], apiGroups: ["authorization.k8s.io"],
            resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
        PolicyRule(verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"]),
    ]

    private static let builtInForServiceAccounts = [
        PolicyRule(
            verbs: ["get"],
            nonResourceURLs: [
                "/.well-known/openid-configuration", "/.well-known/openid-configuration/", "/openid/v1/jwks",
                "/openid/v1/jwks/",
            ])
    ]
}
