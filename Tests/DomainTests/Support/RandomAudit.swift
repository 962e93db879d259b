@testable import Domain

/// Policies, grants and all requests of a small world.
struct RandomAudit {
    var generator: SeededGenerator

    static let resources = ["pods", "pods/log", "pods/status", "jobs", "jobs/status"]
    static let groups = ["", "batch"]
    static let namespaces = ["", "a", "b"].map { Namespace($0) }
    static let names = ["", "x", "y"]
    static let verbs = ["get", "watch", "create"]
    static let paths = ["/m", "/m/x", "/h", "/debug/pprof/x"]

    /// Every request that can be made here, by every user with every set of groups.
    static let requests: [AuditOracle.Request] = {
        let actions =
            groups.flatMap { group in
                resources.flatMap { resource in
                    namespaces.flatMap { namespace in
                        names.flatMap { name in
                            verbs.map { action($0, group, resource, namespace, name) }
                        }
                    }
                }
            } + paths.flatMap { path in verbs.map { AccessAction(verb: $0, path: path) } }
        let account = ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]
        let who: [(String, [String])] = [
            ("system:serviceaccount:a:s", account), ("dana", ["system:authenticated"]),
            ("dana", ["system:authenticated", "sre"]), ("erin", ["system:authenticated", "sre"]),
        ]
        return who.flatMap { user, groups in
            actions.map { AuditOracle.Request(user: user, groups: groups, action: $0) }
        }
    }()

    private static func action(
        _ verb: String, _ group: String, _ resource: String, _ namespace: Namespace, _ name: String
    ) -> AccessAction {
        let parts = resource.split(separator: "/").map(String.init)
        return AccessAction(
            verb: verb, apiGroup: group, resource: parts[0], subresource: parts.count > 1 ? parts[1] : "",
            namespace: namespace, name: name)
    }

    static let subjects = [
        Subject(kind: .serviceAccount, namespace: Namespace("a"), name: "s"), Subject(kind: .user, name: "dana"),
        Subject(kind: .group, name: "sre"), Subject(kind: .group, name: "system:serviceaccounts:a"),
    ]

    /// True if the request may be the subject's.
    static func isRequest(_ request: AuditOracle.Request, of subject: Subject) -> Bool {
        subject.kind == .group ? request.groups.contains(subject.name) : request.user == subject.userName
    }

    mutating func policy() -> AuditPolicy {
        var rules = (0..<Int.random(in: 0...4, using: &generator)).map { _ in rule() }
        if Bool.random(using: &generator) { rules.append(AuditPolicy.Rule(level: .metadata)) }
        return AuditPolicy(omitStages: stages(), rules: rules)
    }

    private mutating func rule() -> AuditPolicy.Rule {
        let isPath = one(in: 4)
        return AuditPolicy.Rule(
            level: one(in: 2) ? .none : .metadata,
            users: one(in: 4) ? some(["dana", "erin", "system:serviceaccount:a:s"]) : [],
            userGroups: one(in: 4) ? some(["sre", "system:authenticated", "system:serviceaccounts:a"]) : [],
            verbs: one(in: 3) ? some(Self.verbs) : [],
            resources: isPath || one(in: 4)
                ? [] : (0...Int.random(in: 0...1, using: &generator)).map { _ in resources() },
            namespaces: isPath || !one(in: 3) ? [] : some(Self.namespaces),
            nonResourceURLs: isPath ? some(["*", "/m", "/m*", "/h", "/m/*"]) : [], omitStages: stages())
    }

    private mutating func resources() -> AuditPolicy.GroupResources {
        let list = one(in: 4) ? [] : some(Self.resources + ["*", "*/status", "pods/*", "*/log", "pods/"])
        return AuditPolicy.GroupResources(
            group: Self.groups.pick(&generator), resources: list,
            resourceNames: list.isEmpty || !one(in: 3) ? [] : some(Self.names))
    }

    private mutating func stages() -> Set<AuditPolicy.Stage> {
        one(in: 6) ? Set(some(AuditPolicy.Stage.allCases)) : []
    }

    mutating func grant() -> PolicyRule {
        let verbs = one(in: 3) ? ["*"] : some(Self.verbs)
        if one(in: 5) {
            return PolicyRule(verbs: verbs, nonResourceURLs: some(["*", "/m", "/m*", "/h", "/debug/pprof/*"]))
        }
        return PolicyRule(
            verbs: verbs, apiGroups: one(in: 3) ? ["*"] : some(Self.groups),
            resources: some(Self.resources + ["*", "*/status"]), resourceNames: one(in: 3) ? some(["x", "y"]) : [])
    }

    mutating func one(in number: Int) -> Bool { Int.random(in: 0..<number, using: &generator) == 0 }

    private mutating func some<Element>(_ list: [Element]) -> [Element] {
        Array(list.shuffled(using: &generator).prefix(Int.random(in: 1...2, using: &generator)))
    }
}
