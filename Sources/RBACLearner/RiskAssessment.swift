import Domain

/// Says what the rules of one subject lead to, with what the cluster's service accounts can do.
struct RiskAssessment {
    let subject: Subject
    let strong: StrongAccounts

    /// The role with the risks of its rules.
    func assessed(_ role: LearnedRole) -> LearnedRole {
        LearnedRole(
            scope: role.scope,
            rules: role.rules.map {
                LearnedRule(rule: $0.rule, evidence: $0.evidence, risks: risks(of: $0.rule, in: role.scope))
            })
    }

    /// The risks of a rule, sorted.
    func risks(of rule: PolicyRule, in scope: LearnedRole.Scope) -> [AccessRisk] {
        let acting = ActingRule(of: rule).map { acting in
            // A pattern is one of the rule itself.
            opened(by: acting.rule, in: scope).filter { $0.kind != .wildcard }.map {
                AccessRisk(kind: $0.kind, path: $0.path + acting.condition, isCritical: $0.isCritical)
            }
        }
        return (opened(by: rule, in: scope) + (acting ?? [])).sorted()
    }

    private func opened(by rule: PolicyRule, in scope: LearnedRole.Scope) -> [AccessRisk] {
        AccessRisk.Kind.allCases.filter { $0.applies(to: rule) }.compactMap { risk($0, rule, scope) }
    }

    /// Nil where the rule opens nothing that its subject has not, or not more than its words say.
    private func risk(_ kind: AccessRisk.Kind, _ rule: PolicyRule, _ scope: LearnedRole.Scope) -> AccessRisk? {
        let place = scope.place
        var isCritical = kind.isAlwaysCritical
        let path: String
        switch kind {
        case .wildcard:
            path = "may use \(rule.patternText)\(place), also what does not exist yet"
        case .escalation:
            path = "may give roles rights that it does not have (escalate), or hand out any role (bind)\(place)"
        case .impersonation:
            path = impersonation(rule, scope)
            isCritical = rule.isUnconstrainedImpersonation
        case .roleWriting:
            let written = rule.granted(of: AccessRisk.Kind.roles).joined(separator: ", ")
            path = "writes \(written)\(place): whoever is bound by them gets more rights, perhaps itself"
        case .nodeProxy:
            path =
                "reaches the kubelet of \(rule.target("node", "any node")) (nodes/proxy): commands in every pod there, "
                + "for which get suffices, past audit and admission"
        case .tokens: path = tokens(rule, scope)
        case .certificates:
            path =
                "\(rule.certificateWays.joined(separator: " and ")) certificate requests: a client certificate can name "
                + "any user and group"
        case .execution: path = "runs commands in \(pods(rule, scope)), with the rights of its service account"
        case .attachment: path = "attaches to processes in \(pods(rule, scope)): their input and output"
        case .ephemeralContainers:
            path = "adds containers to \(pods(rule, scope)), with the rights of its service account"
        case .portForwarding: path = "opens connections to any port of \(pods(rule, scope)), past network policies"
        case .workloads:
            guard let opened = workloads(rule, scope) else { return nil }
            (path, isCritical) = opened
        case .secrets:
            guard let opened = secrets(rule, scope) else { return nil }
            (path, isCritical) = opened
        case .admission:
            path = "writes admission webhooks, which see every object that is written, and can change it"
        case .volumes: path = "creates persistent volumes, also of type hostPath: the files of any node"
        case .namespaces:
            path =
                "changes labels of \(rule.target("namespace", "any namespace"))\(place), by which Pod Security admission "
                + "and network policies decide"
        }
        return AccessRisk(kind: kind, path: path, isCritical: isCritical)
    }
}

// MARK: - Paths to others

extension RiskAssessment {
    private func impersonation(_ rule: PolicyRule, _ scope: LearnedRole.Scope) -> String {
        let kinds = rule.resources.map { $0 == "*" ? "anybody" : $0 }.joined(separator: ", ")
        let isOwnNode = rule.verbs == [ImpersonationMode.associatedNode.identityVerb]
        let who = isOwnNode ? "the node that its pod runs on" : rule.target(kinds, "any of \(kinds)")
        let place = rule.resources.contains("serviceaccounts") ? scope.place + accounts(rule, scope) : ""
        let rights =
            rule.isUnconstrainedImpersonation
            ? "with all rights that go with it" : "for what rules with impersonate-on verbs name, and no more"
        return "acts as \(who)\(place), \(rights)"
    }

    private func tokens(_ rule: PolicyRule, _ scope: LearnedRole.Scope) -> String {
        "makes tokens of \(rule.target("ServiceAccount", "any service account"))\(scope.place)\(accounts(rule, scope)): "
            + "whoever has one is that account"
    }

    /// `, such as ServiceAccount shop/deployer (...)`: the strongest of the accounts that the rule names.
    private func accounts(_ rule: PolicyRule, _ scope: LearnedRole.Scope) -> String {
        guard !rule.resourceNames.isEmpty, case .namespaces(let namespaces) = scope else {
            return rule.resourceNames.isEmpty ? strongest(scope, ", such as ")?.text ?? "" : ""
        }
        let named = namespaces.lazy.flatMap { namespace in
            rule.resourceNames.lazy.compactMap {
                strong.account(Subject(kind: .serviceAccount, namespace: namespace, name: $0))
            }
        }
        return named.first.map { ", such as \($0.text)" } ?? ""
    }

    private func strongest(_ scope: LearnedRole.Scope, _ words: String) -> (text: String, isCritical: Bool)? {
        strong.strongest(in: scope, besides: subject).map { account, more in
            (words + account.text + (more > 0 ? " and \(more) more" : ""), account.isCritical)
        }
    }

    private func workloads(_ rule: PolicyRule, _ scope: LearnedRole.Scope) -> (String, Bool)? {
        let kinds = rule.writtenWorkloads.joined(separator: ", ")
        let does = rule.verbs.contains { $0 == "create" || $0 == "*" } ? "creates" : "changes"
        let what = does + " \(rule.target(kinds, kinds))\(scope.place)"
        if let opened = strongest(scope, ", which can run as ") { return (what + opened.text, opened.isCritical) }
        // The controllers' own service accounts, which Kubernetes binds itself, can do more than any workload.
        switch scope {
        case .cluster:
            return ("\(what), which can run as any service account, those of Kubernetes itself among them", false)
        case .namespaces(let namespaces):
            guard namespaces.contains(Namespace("kube-system")) else { return nil }
            return ("\(what), which can run as the service accounts of Kubernetes itself", false)
        }
    }

    /// Its own secrets by name are what a service account is expected to read.
    private func secrets(_ rule: PolicyRule, _ scope: LearnedRole.Scope) -> (String, Bool)? {
        let what = rule.target("secret", "any secret")
        guard case .namespaces(let namespaces) = scope else {
            return ("reads \(what)\(scope.place), tokens of service accounts among them", rule.resourceNames.isEmpty)
        }
        let isOwn = subject.kind == .serviceAccount && namespaces == [subject.namespace]
        if rule.resourceNames.isEmpty { return ("reads \(what)\(scope.place)", false) }
        guard subject.kind == .serviceAccount, !isOwn else { return nil }
        let others =
            namespaces.contains(subject.namespace) ? ", not in its own namespace alone" : ", not its own namespace"
        return ("reads \(what)\(scope.place)\(others)", false)
    }

    private func pods(_ rule: PolicyRule, _ scope: LearnedRole.Scope) -> String {
        rule.target("pod", "any pod") + scope.place
    }
}

extension PolicyRule {
    /// So many names are written out.
    private static let shownNames = 5

    /// The kind with the rule's names, or the word for any of it.
    fileprivate func target(_ kind: String, _ any: String) -> String {
        guard !resourceNames.isEmpty else { return any }
        let shown = resourceNames.prefix(Self.shownNames).map { "\"\($0)\"" }.joined(separator: ", ")
        let more = resourceNames.count - Self.shownNames
        return "\(kind) \(shown)" + (more > 0 ? " and \(more) more" : "")
    }
}

extension LearnedRole.Scope {
    /// ` in shop`, ` in a, b and 3 more namespaces`, ` in the whole cluster`.
    fileprivate var place: String {
        guard case .namespaces(let namespaces) = self else { return " in the whole cluster" }
        let more = namespaces.count - 4
        let shown = namespaces.prefix(4).map(\.rawValue).joined(separator: ", ")
        return " in \(shown)" + (more > 0 ? " and \(more) more namespaces" : "")
    }
}
