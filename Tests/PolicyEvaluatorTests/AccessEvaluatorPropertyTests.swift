import Domain
import PolicyEvaluator
import Testing

/// The evaluator against an oracle that is written down naively, from the authorizer's own words.
@Suite struct AccessEvaluatorPropertyTests {
    @Test(arguments: [UInt64(3), 17, 29, 71])
    func `agrees with a naive reading of the authorizer`(_ seed: UInt64) {
        var allowed = 0
        var generator = SeededGenerator(state: seed)
        for _ in 0..<100 {
            var estate = RandomAccess(generator: generator)
            let grants = estate.grants()
            let evaluator = AccessEvaluator(grants: grants)
            let oracle = NaiveAuthorizer(grants: grants)
            for _ in 0..<50 {
                let (subject, groups, action) = (estate.subject(), estate.groups(), estate.action())
                let verdict = evaluator.verdict(subject: subject, groups: groups, action: action).isAllowed
                #expect(verdict == oracle.allows(subject, groups, action), "\(subject) \(groups) \(action) \(grants)")
                allowed += verdict ? 1 : 0
            }
            generator = estate.generator
        }
        // Neither all nor nothing, or the verdicts would say little.
        #expect((500..<4_500).contains(allowed))
    }
}

/// Go's `RuleAllows`, `appliesToUser` and the aggregation controller, without any index.
private struct NaiveAuthorizer {
    let grants: AccessGrants

    func allows(_ subject: Subject, _ groups: [String], _ action: AccessAction) -> Bool {
        if groups.contains("system:masters") { return true }
        return grants.bindings.contains { binding in
            let reaches =
                binding.namespace.rawValue == "" || !action.resource.isEmpty && binding.namespace == action.namespace
            guard reaches, binding.subjects.contains(where: { applies($0, binding.namespace, subject, groups) }) else {
                return false
            }
            let home = binding.role.isClusterRole ? Namespace("") : binding.namespace
            if !binding.role.isClusterRole, binding.namespace.rawValue == "" { return false }
            return rules(home, binding.role.name).contains { allows($0, action) }
        }
    }

    private func applies(_ bound: Subject, _ home: Namespace, _ asking: Subject, _ groups: [String]) -> Bool {
        var all = groups
        let parts = asking.userName.split(separator: ":")
        if parts.count == 4, parts[1] == "serviceaccount" {
            all += ["system:serviceaccounts", "system:serviceaccounts:" + parts[2], "system:authenticated"]
        } else if asking.name == "system:anonymous" {
            all += ["system:unauthenticated"]
        } else {
            all += ["system:authenticated"]
        }
        switch bound.kind {
        case .user: return bound.name == asking.userName
        case .group: return all.contains(bound.name)
        case .serviceAccount:
            let namespace = bound.namespace.rawValue.isEmpty ? home.rawValue : bound.namespace.rawValue
            return !namespace.isEmpty && "system:serviceaccount:" + namespace + ":" + bound.name == asking.userName
        }
    }

    /// The rules that stand in a role once the controller has nothing more to do.
    private func rules(_ namespace: Namespace, _ name: String) -> [PolicyRule] {
        guard let role = grants.roles.last(where: { $0.namespace == namespace && $0.name == name }) else { return [] }
        if role.aggregation.isEmpty { return role.rules }
        let names = Set(grants.roles.filter(\.isClusterRole).map(\.name))
        let clusterRoles = names.compactMap { name in grants.roles.last { $0.isClusterRole && $0.name == name } }
        var reached: Set<String> = [name]
        for _ in clusterRoles {
            for role in clusterRoles where reached.contains(role.name) {
                for selector in role.aggregation {
                    reached.formUnion(clusterRoles.filter { matches(selector, $0.labels) }.map(\.name))
                }
            }
        }
        return clusterRoles.filter { reached.contains($0.name) && $0.aggregation.isEmpty }.flatMap(\.rules)
    }

    private func matches(_ selector: LabelSelector, _ labels: Labels) -> Bool {
        for (key, value) in selector.matchLabels where labels[key] != value { return false }
        for requirement in selector.matchExpressions {
            let isListed = labels[requirement.key].map { requirement.values.contains($0) } ?? false
            switch requirement.operator {
            case .in where !isListed, .notIn where isListed: return false
            case .exists where labels[requirement.key] == nil: return false
            case .doesNotExist where labels[requirement.key] != nil: return false
            default: continue
            }
        }
        return true
    }

    private func allows(_ rule: PolicyRule, _ action: AccessAction) -> Bool {
        guard rule.verbs.contains("*") || rule.verbs.contains(action.verb) else { return false }
        if action.resource.isEmpty {
            return rule.nonResourceURLs.contains { url in
                guard url.hasSuffix("*") else { return url == action.path }
                var prefix = url
                while prefix.hasSuffix("*") { prefix.removeLast() }
                return url == action.path || action.path.hasPrefix(prefix)
            }
        }
        let combined = action.subresource.isEmpty ? action.resource : action.resource + "/" + action.subresource
        return (rule.apiGroups.contains("*") || rule.apiGroups.contains(action.apiGroup))
            && rule.resources.contains {
                $0 == "*" || $0 == combined || !action.subresource.isEmpty && $0 == "*/" + action.subresource
            } && (rule.resourceNames.isEmpty || rule.resourceNames.contains(action.name))
    }
}

/// Roles, bindings and requests over few words, so that they meet.
private struct RandomAccess {
    var generator: SeededGenerator

    mutating func grants() -> AccessGrants {
        AccessGrants(roles: some(8) { $0.role() }, bindings: some(6) { $0.binding() })
    }

    mutating func subject() -> Subject {
        pick([
            Subject(kind: .user, name: "bob"), Subject(kind: .user, name: "system:anonymous"),
            Subject(kind: .user, name: "system:serviceaccount:a:robot"),
            Subject(kind: .serviceAccount, namespace: Namespace("a"), name: "robot"),
            Subject(kind: .serviceAccount, namespace: Namespace("b"), name: "robot"),
        ])
    }

    mutating func groups() -> [String] {
        pick([[], [], ["dev"], ["dev", "ops"], ["ops"], ["ops", "system:masters"]])
    }

    mutating func action() -> AccessAction {
        guard Int.random(in: 0..<5, using: &generator) > 0 else {
            return AccessAction(verb: verb(), path: pick(["/a", "/a/b", "/a/*", "/", "/b*"]))
        }
        return AccessAction(
            verb: verb(), apiGroup: pick(["", "apps"]), resource: pick(["pods", "deployments"]),
            subresource: pick(["", "", "log", "scale"]), namespace: Namespace(pick(["", "a", "b"])),
            name: pick(["", "x", "y"]))
    }

    private mutating func verb() -> String { pick(["get", "list", "create", ""]) }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }

    private mutating func some<Element>(_ most: Int, _ make: (inout Self) -> Element) -> [Element] {
        (0..<Int.random(in: 0...most, using: &generator)).map { _ in make(&self) }
    }

    private mutating func role() -> Role {
        let namespace = Namespace(pick(["", "", "a", "b"]))
        let aggregation = namespace.rawValue.isEmpty && Int.random(in: 0..<3, using: &generator) == 0
        return Role(
            namespace: namespace, name: pick(["r1", "r2", "r3", "r4"]),
            labels: pick([[:], ["to": "x"], ["to": "y"], ["to": "x", "more": "1"]]),
            rules: some(3) { $0.rule() }, aggregation: aggregation ? [selector()] + some(1) { $0.selector() } : [])
    }

    private mutating func selector() -> LabelSelector {
        let key = pick(["to", "more"])
        return pick([
            LabelSelector(matchLabels: ["to": pick(["x", "y"])]), LabelSelector(),
            LabelSelector(matchExpressions: [.init(key: key, operator: .in, values: ["x", "1"])]),
            LabelSelector(matchExpressions: [.init(key: key, operator: .notIn, values: ["x"])]),
            LabelSelector(matchExpressions: [.init(key: key, operator: .exists)]),
            LabelSelector(matchLabels: ["to": "x"], matchExpressions: [.init(key: key, operator: .doesNotExist)]),
        ])
    }

    private mutating func rule() -> PolicyRule {
        let verbs = some(2) { $0.pick(["get", "list", "create", "*"]) }
        guard Int.random(in: 0..<4, using: &generator) > 0 else {
            return PolicyRule(
                verbs: verbs, nonResourceURLs: some(2) { $0.pick(["/a", "/a/*", "*", "/a**", "/a/*/b", "/"]) })
        }
        return PolicyRule(
            verbs: verbs, apiGroups: some(2) { $0.pick(["", "apps", "*"]) },
            resources: some(3) { $0.pick(["pods", "pods/log", "deployments", "*/scale", "*", "pods/*", "*/*"]) },
            resourceNames: pick([[], [], ["x"], ["x", "y"]]))
    }

    private mutating func binding() -> RoleBinding {
        let namespace = Namespace(pick(["", "a", "b"]))
        return RoleBinding(
            namespace: namespace, name: pick(["b1", "b2", "b3"]),
            role: .init(isClusterRole: pick([true, true, false]), name: pick(["r1", "r2", "r3", "r4", "missing"])),
            subjects: some(3) { $0.boundSubject() })
    }

    private mutating func boundSubject() -> Subject {
        let groups = [
            "dev", "ops", "system:authenticated", "system:unauthenticated", "system:serviceaccounts",
            "system:serviceaccounts:a",
        ]
        return pick([
            subject(), Subject(kind: .group, name: pick(groups)), Subject(kind: .group, name: pick(groups)),
            Subject(kind: .serviceAccount, name: "robot"),
        ])
    }
}
