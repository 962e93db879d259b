import Domain
import PolicyEvaluator
import RBACLearner
import Testing

/// What bundles add, and above all what they do not.
@Suite struct BundleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let bundles: Set<AccessBundle>
        let requests: [AccessAction]
        let rules: [String]
        var inferred: [String?] = []
        var testDescription: String { rules.joined(separator: "; ") }
    }

    private static func action(_ verb: String, _ resource: String, _ space: String = "shop", _ name: String = "")
        -> AccessAction
    { Samples.action(verb, resource, space, name) }

    private static func event(_ verb: String, _ group: String, _ space: String = "shop") -> AccessAction {
        AccessAction(verb: verb, apiGroup: group, resource: "events", namespace: Namespace(space))
    }

    @Test(arguments: [
        Case(
            bundles: [.read], requests: [action("list", "services")], rules: ["shop: get,list,watch services"],
            inferred: ["read: get services, watch services"]),
        Case(
            bundles: [.read], requests: [action("get", "secrets", "shop", "tls")],
            rules: ["shop: get,list,watch secrets [tls]"],
            inferred: ["read: list secrets \"tls\", watch secrets \"tls\""]),
        Case(
            bundles: [.read],
            requests: [action("get", "secrets", "shop", "a"), action("watch", "secrets", "shop", "b")],
            rules: ["shop: get,list,watch secrets [a,b]"],
            inferred: ["read: get secrets \"b\", list secrets \"a\" \"b\", watch secrets \"a\""]),
        Case(
            bundles: [.read], requests: [action("list", "nodes", "")], rules: ["cluster: get,list,watch nodes"],
            inferred: ["read: get nodes, watch nodes"]),
        Case(
            bundles: [.read], requests: [action("list", "pods", ""), action("get", "pods", "shop", "p")],
            rules: ["cluster: get,list,watch pods"], inferred: ["read: get pods, watch pods"]),
        Case(
            bundles: [.read],
            requests: ["get", "list", "watch"].map { action($0, "services") }, rules: ["shop: get,list,watch services"],
            inferred: [nil]),
        Case(
            bundles: [.read], requests: [action("get", "pods/log", "shop", "p"), action("create", "pods")],
            rules: ["shop: create pods", "shop: get pods/log"], inferred: [nil]),
        Case(
            bundles: [.read], requests: [AccessAction(verb: "get", path: "/x")], rules: ["cluster: get /x"],
            inferred: [nil]),
        Case(
            bundles: [.leaderElection], requests: [action("get", "leases", "shop", "leader")],
            rules: [
                "shop: create leases (coordination.k8s.io)", "shop: get,update leases (coordination.k8s.io) [leader]",
            ],
            inferred: [
                "leaderElection: create leases.coordination.k8s.io, update leases.coordination.k8s.io \"leader\""
            ]),
        Case(
            bundles: [.leaderElection], requests: [action("create", "leases")],
            rules: ["shop: create leases (coordination.k8s.io)"], inferred: [nil]),
        Case(
            bundles: [.leaderElection], requests: [action("update", "leases", "ops", "leader")],
            rules: ["ops: update leases (coordination.k8s.io) [leader]"], inferred: [nil]),
        Case(
            bundles: [.leaderElection], requests: [action("list", "leases")],
            rules: ["shop: list leases (coordination.k8s.io)"], inferred: [nil]),
        Case(
            bundles: [.events], requests: [event("create", "events.k8s.io")],
            rules: ["shop: create,update,patch events (events.k8s.io)"],
            inferred: ["events: update events.events.k8s.io, patch events.events.k8s.io"]),
        Case(
            bundles: [.events], requests: [event("patch", "", ""), event("list", "")],
            rules: ["cluster: create,update,patch events", "shop: list events"],
            inferred: ["events: create events, update events", nil]),
        Case(
            bundles: [.events], requests: [event("get", ""), event("create", "example.org")],
            rules: ["shop: get events", "shop: create events (example.org)"], inferred: [nil]),
        Case(
            bundles: [.read, .events], requests: [event("create", ""), action("watch", "services")],
            rules: ["shop: create,update,patch events", "shop: get,list,watch services"],
            inferred: ["read: get services, list services; events: update events, patch events"]),
        Case(bundles: [], requests: [action("list", "services")], rules: ["shop: list services"], inferred: [nil]),
    ])
    func `gives what goes together, on the same names and in the same scope`(_ example: Case) {
        let learned = Samples.learn(
            example.requests.map { (Samples.api, $0) }, options: AccessLearningOptions(bundles: example.bundles))
        #expect(learned.ruleLines == example.rules)
        let annotations = learned.grants.roles.map { $0.annotations[GeneratedName.inferredAnnotation] }
        #expect(annotations == example.inferred)
        #expect(learned.subjects.first?.observed.count == example.requests.count)
    }

    @Test func `people have no own namespace, so that no lease is theirs`() {
        let learned = Samples.learn(
            [(Samples.alice, Self.action("get", "leases", "shop", "leader"))],
            options: AccessLearningOptions(bundles: [.leaderElection]))
        #expect(learned.ruleLines == ["shop: get leases (coordination.k8s.io) [leader]"])
    }

    @Test func `evidence of what was added is marked, and counts no request`() {
        let learned = Samples.learn(
            [
                Samples.edge(Samples.api, Self.action("list", "services")): Samples.fact(count: 7, day: 2),
                Samples.edge(Samples.api, Self.action("get", "jobs", "shop", "x")): Samples.fact(day: 0),
            ], options: AccessLearningOptions(bundles: [.read]))
        let evidence = learned.subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.evidence)
        for one in evidence {
            let isObserved = ["list services in shop", "get jobs.batch \"x\" in shop"].contains(one.action.phrase)
            #expect(one.note == (isObserved ? nil : .bundle(.read)), "\(one.action.phrase)")
            #expect((one.count > 0) == isObserved)
        }
        #expect(learned.subjects.first?.history.days.count == 2)
    }

    @Test(arguments: [Set<AccessBundle>(), [.read], [.leaderElection], [.events], [.read, .leaderElection, .events]])
    func `the allowed set is the observed one and the bundles', and nothing else`(_ bundles: Set<AccessBundle>) {
        var generator = SplitMix(state: 23)
        for _ in 0..<25 {
            let seen = Set(Self.world.filter { _ in Int.random(in: 0..<30, using: &generator) == 0 })
            let learned = Samples.learn(
                seen.map { (Samples.api, $0) }, options: AccessLearningOptions(bundles: bundles))
            let evaluator = AccessEvaluator(grants: learned.grants)
            let wanted = seen.union(seen.flatMap { Self.added(by: bundles, to: $0) })
            for action in Self.world {
                let isAllowed = evaluator.verdict(subject: Samples.api, action: action).isAllowed
                #expect(
                    isAllowed == Self.covers(wanted, action), "\(action.phrase) from \(seen.map(\.phrase).sorted())")
            }
        }
    }

    private static let world: [AccessAction] = {
        let verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
        let resources = ["configmaps", "leases", "deployments/scale", "events"]
        return verbs.flatMap { verb in
            resources.flatMap { resource in
                ["", "shop", "ops"].flatMap { space in
                    ["", "a", "b"].map { action(verb, resource, space, resource == "events" ? "" : $0) }
                }
            }
        }
    }()

    /// The definition of the bundles, written down a second time.
    private static func added(by bundles: Set<AccessBundle>, to seen: AccessAction) -> [AccessAction] {
        func with(_ verbs: [String]) -> [AccessAction] {
            verbs.map {
                AccessAction(
                    verb: $0, apiGroup: seen.apiGroup, resource: seen.resource, subresource: seen.subresource,
                    namespace: seen.namespace, name: $0 == "create" ? "" : seen.name)
            }
        }
        var added: [AccessAction] = []
        let reads = ["get", "list", "watch"]
        if bundles.contains(.read), reads.contains(seen.verb), seen.subresource.isEmpty { added += with(reads) }
        if bundles.contains(.leaderElection), seen.resource == "leases", seen.namespace.rawValue == "shop",
            ["get", "update", "patch"].contains(seen.verb)
        {
            added += with(["get", "update", "create"])
        }
        if bundles.contains(.events), seen.resource == "events", ["create", "patch"].contains(seen.verb) {
            added += with(["create", "patch", "update"])
        }
        return added
    }

    private static func covers(_ wanted: Set<AccessAction>, _ action: AccessAction) -> Bool {
        wanted.contains { other in
            return other.verb == action.verb && other.resourceWithSubresource == action.resourceWithSubresource
                && (other.namespace == .clusterScope || other.namespace == action.namespace)
                && (other.name.isEmpty || other.name == action.name)
        }
    }
}
