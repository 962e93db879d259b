import Domain
import RBACLearner
import Testing

@Suite struct AccessLearnerTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let requests: [AccessAction]
        let rules: [String]
        var testDescription: String { rules.joined(separator: "; ") }
    }

    private static let action = Samples.action

    static let cases: [Case] = [
        // Scope.
        Case(requests: [action("list", "services", "shop", "")], rules: ["shop: list services"]),
        Case(requests: [action("list", "services", "", "")], rules: ["cluster: list services"]),
        Case(requests: [AccessAction(verb: "get", path: "/metrics")], rules: ["cluster: get /metrics"]),
        Case(
            requests: [action("get", "namespaces", "shop", "shop")], rules: ["shop: get namespaces [shop]"]),
        Case(
            requests: [action("list", "pods", "", ""), action("list", "pods", "shop", "")],
            rules: ["cluster: list pods"]),
        Case(
            requests: [action("list", "pods", "", ""), action("watch", "pods", "shop", "")],
            rules: ["cluster: list pods", "shop: watch pods"]),
        Case(
            requests: [
                action("list", "pods", "a", ""), action("list", "pods", "b", ""), action("get", "secrets", "c", "x"),
            ],
            rules: ["a+b: list pods", "c: get secrets [x]"]),
        // Names.
        Case(requests: [action("get", "configmaps", "shop", "routes")], rules: ["shop: get configmaps [routes]"]),
        Case(
            requests: [action("get", "configmaps", "shop", "a"), action("get", "configmaps", "shop", "")],
            rules: ["shop: get configmaps"]),
        Case(
            requests: [
                action("get", "configmaps", "shop", "a"), action("get", "configmaps", "shop", "b"),
                action("update", "configmaps", "shop", "b"), action("list", "configmaps", "shop", ""),
            ],
            rules: [
                "shop: list configmaps", "shop: get configmaps [a]", "shop: get,update configmaps [b]",
            ]),
        Case(
            requests: [action("list", "secrets", "shop", "db"), action("watch", "secrets", "shop", "db")],
            rules: ["shop: list,watch secrets [db]"]),
        Case(
            requests: [action("create", "leases", "shop", "")],
            rules: ["shop: create leases (coordination.k8s.io)"]),
        // A create with a name is one that an update or patch led to.
        Case(
            requests: [action("create", "leases", "shop", "leader"), action("update", "leases", "shop", "leader")],
            rules: ["shop: create,update leases (coordination.k8s.io) [leader]"]),
        Case(
            requests: [
                action("create", "leases", "shop", "leader"), action("create", "leases", "shop", ""),
                action("patch", "leases", "shop", "leader"),
            ],
            rules: [
                "shop: create leases (coordination.k8s.io)", "shop: patch leases (coordination.k8s.io) [leader]",
            ]),
        Case(
            requests: [action("create", "pods", "shop", "web-0"), action("patch", "pods", "shop", "web-0")],
            rules: ["shop: create,patch pods"]),
        Case(
            requests: [action("deletecollection", "jobs", "shop", "x")],
            rules: ["shop: deletecollection jobs (batch)"]),
        Case(
            requests: [action("create", "serviceaccounts/token", "shop", "api")],
            rules: ["shop: create serviceaccounts/token [api]"]),
        Case(
            requests: [action("patch", "deployments/scale", "shop", "web")],
            rules: ["shop: patch deployments/scale (apps) [web]"]),
        Case(requests: [action("delete", "pods", "shop", "web-0")], rules: ["shop: delete pods"]),
        Case(requests: [action("get", "pods/log", "shop", "web-0")], rules: ["shop: get pods/log"]),
        Case(requests: [action("get", "nodes/metrics", "", "worker-1")], rules: ["cluster: get nodes/metrics"]),
        Case(
            requests: [action("get", "leases", "kube-node-lease", "w-1")],
            rules: [
                "kube-node-lease: get leases (coordination.k8s.io)"
            ]),
        Case(requests: [action("get", "jobs", "shop", "report-29384610")], rules: ["shop: get jobs (batch)"]),
        Case(requests: [action("get", "jobs", "shop", "migrate-2")], rules: ["shop: get jobs (batch) [migrate-2]"]),
        // Exec and its kin need both verbs.
        Case(requests: [action("get", "pods/exec", "shop", "web-0")], rules: ["shop: get,create pods/exec"]),
        Case(
            requests: [action("create", "pods/portforward", "shop", "w")],
            rules: ["shop: get,create pods/portforward"]),
        Case(requests: [action("create", "pods/eviction", "shop", "w")], rules: ["shop: create pods/eviction"]),
        // Reading verbs are not widened to each other.
        Case(requests: [action("watch", "services", "shop", "")], rules: ["shop: watch services"]),
        // Impersonation.
        Case(
            requests: [action("impersonate", "users", "", "bob"), action("impersonate", "groups", "", "bob")],
            rules: ["cluster: impersonate groups,users [bob]"]),
        Case(
            requests: [action("impersonate", "serviceaccounts", "shop", "api")],
            rules: ["shop: impersonate serviceaccounts [api]"]),
        Case(
            requests: [action("impersonate", "uids", "", "7d9c8b6f5-x7k2p")],
            rules: ["cluster: impersonate uids (authentication.k8s.io) [7d9c8b6f5-x7k2p]"]),
        // Merging: equal verbs and names only; the order of verbs is reading, writing, others.
        Case(
            requests: [
                action("watch", "pods", "shop", ""), action("get", "pods", "shop", ""),
                action("list", "pods", "shop", ""),
                action("list", "services", "shop", ""), action("get", "services", "shop", ""),
                action("watch", "services", "shop", ""), action("get", "endpoints", "shop", ""),
            ],
            rules: ["shop: get endpoints", "shop: get,list,watch pods,services"]),
        Case(
            requests: [
                AccessAction(verb: "create", apiGroup: "", resource: "events", namespace: Namespace("shop")),
                AccessAction(
                    verb: "create", apiGroup: "events.k8s.io", resource: "events", namespace: Namespace("shop")),
            ],
            rules: ["shop: create events (,events.k8s.io)"]),
        Case(
            requests: [
                AccessAction(verb: "post", path: "/a"), AccessAction(verb: "get", path: "/b"),
                AccessAction(verb: "post", path: "/b"), AccessAction(verb: "get", path: "/a"),
            ],
            rules: ["cluster: get,post /a,/b"]),
    ]

    @Test(arguments: cases)
    func `learns exactly what was requested`(_ example: Case) {
        let learned = Samples.learn(example.requests.map { (Samples.api, $0) })
        #expect(learned.ruleLines == example.rules)
        #expect(learned.subjects.first?.observed.count == example.requests.count)
    }

    @Test(arguments: [
        ("", UnlearnedReason.noVerb), ("*", .wildcard), ("bind", .authorizationVerb),
        ("impersonate", .unnamedImpersonation),
    ])
    func `refuses verbs that are no request`(_ verb: String, reason: UnlearnedReason) {
        let learned = Samples.learn([(Samples.api, Samples.action(verb, "pods", "shop"))])
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [reason])
    }

    @Test(arguments: [
        AccessAction(verb: "get", path: "/*"), AccessAction(verb: "get", path: "/metrics/*"),
        AccessAction(verb: "get", apiGroup: "*", resource: "pods"),
        AccessAction(verb: "get", apiGroup: "", resource: "*"),
        AccessAction(verb: "get", apiGroup: "", resource: "pods", subresource: "*"),
    ])
    func `never turns a request into a pattern`(_ action: AccessAction) {
        let learned = Samples.learn([(Samples.api, action)])
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [.wildcard])
        #expect(learned.notLearned.allSatisfy { $0.reason.needsAttention })
    }

    @Test(arguments: [
        "system:node:worker-1", "system:kube-controller-manager", "system:anonymous", "system:apiserver",
        "system:serviceaccount:broken",
    ])
    func `learns nothing for users of Kubernetes itself`(_ name: String) {
        let learned = Samples.learn([(Subject(userName: name), Samples.action("list", "pods"))])
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [.systemUser])
    }

    @Test func `reports refused requests and grants nothing for them`() {
        let action = Samples.action("get", "secrets", "billing", "ledger")
        let edges = [
            Samples.edge(Samples.api, action, .denied): Samples.fact(count: 2, day: 1),
            Samples.edge(Samples.api, action, .denied, reason: "no"): Samples.fact(count: 3, day: 4),
        ]
        let learned = Samples.learn(edges)
        #expect(learned.subjects.isEmpty)
        #expect(
            learned.denied == [
                DeniedAccess(
                    subject: Samples.api, action: action, count: 5, first: Samples.fact(day: 1).first,
                    last: Samples.fact(day: 4).last)
            ])
    }

    @Test func `marks what only the response code speaks for`() throws {
        let learned = Samples.learn(
            [(Samples.api, Samples.action("list", "pods", "shop"))], decision: .allowedByStatus)
        let evidence = try #require(learned.subjects.first?.roles.first?.rules.first?.evidence)
        #expect(evidence.map(\.isLowConfidence) == [true])
        #expect(evidence.first?.summary.note == "by response code only")
    }

    @Test func `trusts the response code no longer once a decision was seen`() {
        let action = Samples.action("list", "pods", "shop")
        let learned = Samples.learn([
            Samples.edge(Samples.api, action, .allowed): Samples.fact(),
            Samples.edge(Samples.api, action, .allowedByStatus): Samples.fact(),
        ])
        let evidence = learned.subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.evidence)
        #expect(evidence.map(\.isLowConfidence) == [false])
    }

    @Test(arguments: [
        (Subject(kind: .serviceAccount, namespace: Namespace("a.b"), name: "x"), "shop"),
        (Subject(kind: .serviceAccount, namespace: Namespace("../a"), name: "x"), "shop"),
        (Subject(kind: .serviceAccount, namespace: Namespace("a"), name: "X/y"), "shop"),
        (Subject(kind: .group, name: "g"), "shop"), (Subject(kind: .user, name: ""), "shop"),
        (Samples.alice, "../shop"), (Samples.alice, "Shop"), (Samples.alice, "a b"),
    ])
    func `learns nothing from what Kubernetes cannot have said`(_ subject: Subject, namespace: String) {
        let learned = Samples.learn([(subject, Samples.action("list", "pods", namespace))])
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [.malformed])
    }

    @Test func `learns of one cluster alone`() {
        let edge = AccessEdge(
            cluster: ClusterName("other"), subject: Samples.api, action: Samples.action("list", "pods"),
            decision: .allowed, reason: "")
        #expect(Samples.learn([edge: Samples.fact()]).notLearned.map(\.reason) == [.otherCluster])
    }

    @Test(arguments: [(3, "shop: get configmaps [c1,c2,c3]"), (2, "shop: get configmaps")])
    func `lists names up to the threshold`(_ threshold: Int, rule: String) {
        let requests = (1...3).map { (Samples.api, Samples.action("get", "configmaps", "shop", "c\($0)")) }
        let learned = Samples.learn(requests, options: AccessLearningOptions(namesThreshold: threshold))
        #expect(learned.ruleLines == [rule])
        let notes = Set(learned.subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.evidence).map(\.note))
        #expect(notes == [threshold == 2 ? .manyNames(3) : nil])
    }

    @Test func `never widens impersonation, whatever the number of names`() {
        let requests = (1...40).map { (Samples.alice, Samples.action("impersonate", "users", "", "u\($0)")) }
        let learned = Samples.learn(requests)
        #expect(learned.subjects.first?.roles.first?.rules.first?.rule.resourceNames.count == 40)
        #expect(learned.subjects.first?.roles.first?.rules.first?.risks.map(\.kind) == [.impersonation])
    }

    @Test func `marks the verb that was concluded from another`() throws {
        let learned = Samples.learn([(Samples.api, Samples.action("get", "pods/exec", "shop", "web-0"))])
        let evidence = try #require(learned.subjects.first?.roles.first?.rules.first?.evidence)
        #expect(evidence.map { $0.action.verb } == ["create", "get"])
        #expect(evidence.map(\.note) == [.inferred, .passingNames])
    }

    @Test func `keeps the evidence of what a cluster-wide rule covers`() throws {
        let learned = Samples.learn([
            Samples.edge(Samples.api, Samples.action("list", "pods")): Samples.fact(count: 2),
            Samples.edge(Samples.api, Samples.action("list", "pods", "shop")): Samples.fact(count: 5),
        ])
        #expect(learned.ruleLines == ["cluster: list pods"])
        #expect(learned.subjects.first?.roles.first?.rules.first?.evidence.map(\.count) == [7])
        #expect(learned.subjects.first?.observed.count == 2)
    }

    @Test func `leaves out excluded subjects and groups`() {
        let options = AccessLearningOptions(excludedSubjects: [Samples.api, Subject(kind: .group, name: "sre")])
        #expect(Samples.learn([(Samples.api, Samples.action("list", "pods"))], options: options).subjects.isEmpty)
        let learned = Samples.learn(
            [(Samples.alice, Samples.action("list", "pods"))], reason: Samples.allowedBy(group: "sre"), options: options
        )
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [.excluded])
    }

    @Test func `counts a permission as new once, however many names it sees`() throws {
        let pods = (0..<9).map { day in
            (Samples.edge(Samples.api, Samples.action("get", "pods", "shop", "p\(day)")), Samples.fact(day: day))
        }
        let history = try #require(
            Samples.learn(Dictionary(uniqueKeysWithValues: pods)).subjects.first?.history)
        #expect(history.days.count == 9)
        #expect(history.lastNovelty == Samples.fact(day: 0).first)
        #expect(history.last == Samples.fact(day: 8).last)
    }

    @Test func `counts a listed name as new when it is first used`() {
        let learned = Samples.learn([
            Samples.edge(Samples.api, Samples.action("get", "secrets", "shop", "a")): Samples.fact(day: 0),
            Samples.edge(Samples.api, Samples.action("get", "secrets", "shop", "b")): Samples.fact(day: 6),
        ])
        #expect(learned.subjects.first?.history.lastNovelty == Samples.fact(day: 6).first)
    }

    @Test func `reports checks that no event shows`() {
        let learned = Samples.learn([
            (Samples.api, Samples.action("create", "clusterrolebindings")),
            (Samples.api, Samples.action("update", "roles", "shop", "x")),
            (Samples.api, Samples.action("update", "certificatesigningrequests/approval", "", "csr-1")),
            (Samples.api, Samples.action("patch", "certificatesigningrequests/status", "", "csr-1")),
            (Samples.api, Samples.action("get", "roles", "shop", "x")),
        ])
        #expect(learned.gaps.map(\.verb) == ["approve", "bind", "escalate", "sign"])
    }
}
