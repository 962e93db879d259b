import Testing

@testable import Domain

@Suite struct AuditPolicyTests {
    @Test(arguments: UInt64(1)...400)
    func `calls recorded only what the API server records`(seed: UInt64) {
        var random = RandomAudit(generator: SeededGenerator(state: seed))
        let oracle = AuditOracle(policy: random.policy())
        let subject = RandomAudit.subjects.pick(&random.generator)
        let namespace = random.one(in: 2) ? nil : RandomAudit.namespaces.pick(&random.generator)
        let grant = random.grant()
        let audited = AuditedSubject(subject)
        let requests = RandomAudit.requests.filter {
            RandomAudit.isRequest($0, of: subject)
                && (namespace == nil || !$0.action.isResourceRequest || $0.action.namespace == namespace)
        }
        for cell in GrantCell.cells(of: grant, atMost: 1000) ?? [] {
            let single = GrantCell.rules([cell])
            let own = requests.filter { AuditOracle.allows(single[0], $0.action) }
            let permission = Self.permission(cell, audited, namespace)
            if oracle.policy.records(permission) { #expect(own.allSatisfy(oracle.records), "\(oracle.policy) \(cell)") }
        }
        let kept = oracle.policy.unrecorded(grant, by: audited, in: namespace)
        for request in requests {
            let isGranted = AuditOracle.allows(grant, request.action)
            let isKept = kept.contains { AuditOracle.allows($0, request.action) }
            #expect(isGranted || !isKept, "\(kept) is more than \(grant)")
            #expect(!isGranted || isKept || oracle.records(request), "\(oracle.policy) \(grant) \(request)")
        }
    }

    @Test(arguments: UInt64(1)...300)
    func `knows of a single request of a ServiceAccount what the API server does`(seed: UInt64) {
        var random = RandomAudit(generator: SeededGenerator(state: seed))
        let oracle = AuditOracle(policy: random.policy())
        let subject = AuditedSubject(RandomAudit.subjects[0])
        for request in RandomAudit.requests where RandomAudit.isRequest(request, of: RandomAudit.subjects[0]) {
            let action = request.action
            let permission =
                action.isResourceRequest
                ? AuditedPermission(
                    subject: subject, verb: action.verb, apiGroup: action.apiGroup,
                    resource: action.resourceWithSubresource, namespace: action.namespace, name: action.name)
                : AuditedPermission(subject: subject, verb: action.verb, nonResourceURL: action.path)
            #expect(oracle.policy.records(permission) == oracle.records(request), "\(oracle.policy) \(action)")
        }
    }

    private static func permission(
        _ cell: GrantCell, _ subject: AuditedSubject, _ namespace: Namespace?
    ) -> AuditedPermission {
        switch cell.target {
        case .path(let path): AuditedPermission(subject: subject, verb: cell.verb, nonResourceURL: path.pattern)
        case .resource(let group, let pattern, let name):
            AuditedPermission(
                subject: subject, verb: cell.verb, apiGroup: group, resource: pattern.text, namespace: namespace,
                name: name)
        }
    }
}

@Suite struct UnrecordedTests {
    private static let account = AuditedSubject(
        Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "cart"))
    private static let all = PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])
    private static let rest = AuditPolicy.Rule(level: .metadata)

    private static func silence(_ resources: [AuditPolicy.GroupResources], verbs: [String] = []) -> AuditPolicy.Rule {
        AuditPolicy.Rule(level: .none, verbs: verbs, resources: resources)
    }

    @Test(
        arguments: [
            ([silence([.init(group: "", resources: ["events"])]), rest], all, [rule(["*"], [""], ["events"])]),
            (
                [
                    silence([.init(group: "", resources: ["events"]), .init(group: "apps")], verbs: ["watch", "get"]),
                    rest,
                ], all,
                [rule(["get", "watch"], [""], ["events"]), rule(["get", "watch"], ["apps"], ["*"])]
            ),
            (
                [silence([.init(group: "", resources: ["configmaps"], resourceNames: ["b", "a"])]), rest],
                rule(["get", "list"], [""], ["pods", "configmaps"]),
                [rule(["get", "list"], [""], ["configmaps"], ["a", "b"])]
            ),
            // Nothing bounds what is not recorded.
            ([AuditPolicy.Rule(level: .metadata, namespaces: [Namespace("a")])], all, [all]),
            ([], all, [all]), ([rest], all, []),
            (
                [AuditPolicy.Rule(level: .metadata, omitStages: [.responseComplete])],
                rule(["get", "watch"], [""], ["pods"]),
                [
                    rule(["get"], [""], ["pods"])
                ]
            ),
            (
                [silence([.init(group: "", resources: ["pods/*"])]), rest], rule(["get"], ["*"], ["*", "*/log"]),
                [
                    rule(["get"], [""], ["*"])
                ]
            ),
            (
                [rest], rule(["get", "bind", "escalate"], ["rbac.authorization.k8s.io"], ["roles"]),
                [
                    rule(["bind", "escalate"], ["rbac.authorization.k8s.io"], ["roles"])
                ]
            ),
            (
                [AuditPolicy.Rule(level: .none, nonResourceURLs: ["/healthz*", "/version", "/m/*"]), rest],
                PolicyRule(verbs: ["get"], nonResourceURLs: ["*", "/metrics"]),
                [PolicyRule(verbs: ["get"], nonResourceURLs: ["/healthz*", "/m/*", "/version"])]
            ),
            // A rule of names for everybody else matters not; one for a group that the account has does.
            ([AuditPolicy.Rule(level: .none, users: ["dana"]), rest], all, []),
            (
                [AuditPolicy.Rule(level: .none, userGroups: ["system:serviceaccounts"], verbs: ["get"]), rest], all,
                [
                    rule(["get"], ["*"], ["*"])
                ]
            ),
        ] as [([AuditPolicy.Rule], PolicyRule, [PolicyRule])])
    func `says which part of a grant leaves no trace`(rules: [AuditPolicy.Rule], grant: PolicyRule, kept: [PolicyRule])
    {
        #expect(AuditPolicy(rules: rules).unrecorded(grant, by: Self.account) == kept)
    }

    @Test func `keeps what somebody in the subject's name would do unseen`() {
        let policy = AuditPolicy(rules: [AuditPolicy.Rule(level: .none, users: ["proxy"], verbs: ["get"]), Self.rest])
        let proxy = AuditedSubject(Subject(kind: .user, name: "proxy"))
        #expect(policy.unrecorded(Self.all, by: Self.account, impersonators: [proxy]) == [rule(["get"], ["*"], ["*"])])
    }

    @Test(.timeLimit(.minutes(1)))
    func `gives up on a grant of too many cells`() {
        let words = (0..<1000).map { "w\($0)" }
        let policy = AuditPolicy(rules: [Self.silence([.init(group: "", resources: ["w1"])]), Self.rest])
        for grant in [rule(words, words, words, words), PolicyRule(verbs: words, nonResourceURLs: words)] {
            #expect(policy.unrecorded(grant, by: Self.account) == [grant])
        }
        let names = rule(["get"], [""], ["w1"], words)
        #expect(policy.unrecorded(names, by: Self.account) == [names])
    }
}

private func rule(_ verbs: [String], _ groups: [String], _ resources: [String], _ names: [String] = []) -> PolicyRule {
    PolicyRule(verbs: verbs, apiGroups: groups, resources: resources, resourceNames: names)
}
