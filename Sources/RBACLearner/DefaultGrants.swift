import Domain

/// What Kubernetes' own default roles give to everyone, so that it needs no grant.
///
/// Read from the live bindings that the API server keeps (label `kubernetes.io/bootstrapping=rbac-defaults`) where the
/// inventory has any; otherwise the defaults of Kubernetes 1.36 (system:discovery, system:public-info-viewer,
/// system:basic-user, system:service-account-issuer-discovery).
struct DefaultGrants {
    private var everyone = DefaultRules()
    private var serviceAccounts = DefaultRules()
    /// Rules of default roles that are bound to one service account: the controllers of Kubernetes itself.
    private var own: [Subject: DefaultRules] = [:]
    private let isLive: Bool

    init(_ grants: AccessGrants) {
        let roles = Dictionary(
            grants.roles.filter { $0.isClusterRole && Self.isDefault($0.labels) }.map { ($0.name, $0) }
        ) { $1 }
        let bindings = grants.bindings.filter { $0.isClusterRoleBinding && Self.isDefault($0.labels) }
        isLive = bindings.contains { $0.subjects.contains { $0.name == "system:authenticated" } }
        guard isLive else {
            everyone.add(Self.builtInForEveryone)
            serviceAccounts.add(Self.builtInForServiceAccounts)
            return
        }
        for binding in bindings {
            guard let role = roles[binding.role.name] else { continue }
            for subject in binding.subjects { add(role.rules, to: subject) }
        }
    }

    /// Why the request needs no grant; nil if it needs one.
    func reason(for subject: Subject, _ action: AccessAction, _ reason: GrantReason?) -> UnlearnedReason? {
        if everyone.allow(action) { return .everyone }
        guard subject.kind == .serviceAccount else { return nil }
        if serviceAccounts.allow(action) { return .everyone }
        if own[subject]?.allow(action) == true { return .ownDefault }
        let isController =
            !isLive && subject.namespace.rawValue == "kube-system" && reason?.bindingNamespace == .clusterScope
            && reason?.bindingName.hasPrefix("system:controller:") == true
        return isController ? .ownDefault : nil
    }

    static func isDefault(_ labels: Labels) -> Bool { labels["kubernetes.io/bootstrapping"] == "rbac-defaults" }

    private mutating func add(_ rules: [PolicyRule], to subject: Subject) {
        switch (subject.kind, subject.name) {
        case (.group, "system:authenticated"): everyone.add(rules)
        case (.group, "system:serviceaccounts"): serviceAccounts.add(rules)
        case (.serviceAccount, _): own[subject, default: DefaultRules()].add(rules)
        default: break
        }
    }

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

/// Rules that hold in the whole cluster, indexed by what they grant.
private struct DefaultRules {
    private var byResource: [ExactText: [PolicyRule]] = [:]
    private var byPath: [ExactText: Set<ExactText>] = [:]
    private var byPathPrefix: [(prefix: String, verbs: Set<ExactText>)] = []

    mutating func add(_ rules: [PolicyRule]) {
        for rule in rules {
            for resource in rule.resources { byResource[ExactText(resource), default: []].append(rule) }
            let verbs = Set(rule.verbs.map { ExactText($0) })
            for url in rule.nonResourceURLs where url.utf8.last == UInt8(ascii: "*") {
                byPathPrefix.append((String(url.dropLast()), verbs))
            }
            for url in rule.nonResourceURLs { byPath[ExactText(url), default: []].formUnion(verbs) }
        }
    }

    func allow(_ action: AccessAction) -> Bool {
        guard action.isResourceRequest else { return allowPath(action) }
        let names =
            [action.resourceWithSubresource, "*"] + (action.subresource.isEmpty ? [] : ["*/\(action.subresource)"])
        return names.contains { name in
            byResource[ExactText(name)]?.contains { rule in
                Self.has(rule.verbs, action.verb) && Self.has(rule.apiGroups, action.apiGroup)
                    && (rule.resourceNames.isEmpty || rule.resourceNames.contains { $0.hasSameBytes(as: action.name) })
            } ?? false
        }
    }

    private func allowPath(_ action: AccessAction) -> Bool {
        let verb = ExactText(action.verb)
        if let verbs = byPath[ExactText(action.path)], verbs.contains(verb) || verbs.contains("*") { return true }
        return byPathPrefix.contains { entry in
            action.path.utf8.starts(with: entry.prefix.utf8)
                && (entry.verbs.contains(verb) || entry.verbs.contains("*"))
        }
    }

    private static func has(_ list: [String], _ value: String) -> Bool {
        list.contains { $0.hasSameBytes(as: value) || $0 == "*" }
    }
}
