package import Domain

/// A role's rules, indexed by what they grant: every rule that covers an action, not the first alone.
///
/// Matching is that of Kubernetes (`rbac.RuleAllows`), written apart from the judge's, which is to find what is wrong here.
/// A class, so that many bindings share one.
final class RuleTable: Sendable {
    struct Entry: Sendable {
        /// The role that holds the rule: another one than the bound role if that aggregates it.
        let origin: RoleKey
        /// The rule's position in `origin`, from 0.
        let index: Int
        let rule: PolicyRule
        let words: RuleWords
    }

    let entries: [Entry]
    /// By the text in `resources`: `pods`, `pods/log`, `*` or `*/scale`.
    private let byResource: [ExactText: [Int]]
    private let byPath: [ExactText: [Int]]
    /// URLs that end in `*`, without their trailing `*`.
    private let byPathPrefix: [(prefix: String, entry: Int)]

    /// A rule and where it stands.
    struct Source {
        let origin: RoleKey
        let index: Int
        let rule: PolicyRule

        /// The rules of one role.
        static func all(of role: Role) -> [Source] {
            role.rules.enumerated().map { Source(origin: RoleKey(role), index: $0.offset, rule: $0.element) }
        }
    }

    init(_ sources: [Source]) {
        var entries: [Entry] = []
        var byResource: [ExactText: [Int]] = [:]
        var byPath: [ExactText: [Int]] = [:]
        var byPathPrefix: [(prefix: String, entry: Int)] = []
        for (number, source) in sources.enumerated() {
            let rule = source.rule
            for resource in Set(rule.resources.map { ExactText($0) }) {
                byResource[resource, default: []].append(number)
            }
            for url in Set(rule.nonResourceURLs.map { ExactText($0) }) {
                byPath[url, default: []].append(number)
                if let prefix = url.text.globPrefix { byPathPrefix.append((prefix, number)) }
            }
            entries.append(Entry(origin: source.origin, index: source.index, rule: rule, words: RuleWords(rule)))
        }
        self.entries = entries
        self.byResource = byResource
        self.byPath = byPath
        self.byPathPrefix = byPathPrefix
    }

    /// Rules that are no role's.
    convenience init(_ rules: [PolicyRule]) {
        let nobody = RoleKey(namespace: .clusterScope, name: "")
        self.init(rules.enumerated().map { Source(origin: nobody, index: $0.offset, rule: $0.element) })
    }

    /// True if a rule covers the action.
    func covers(_ action: AccessAction) -> Bool { !covering(action).isEmpty }

    /// The numbers of all entries that cover the action, ascending.
    func covering(_ action: AccessAction) -> [Int] {
        guard action.isResourceRequest else { return coveringPath(action) }
        var texts = [action.resourceWithSubresource, "*"]
        if !action.subresource.isEmpty { texts.append("*/" + action.subresource) }
        var found: Set<Int> = []
        for text in texts {
            for number in byResource[ExactText(text)] ?? [] where entries[number].words.cover(action) {
                found.insert(number)
            }
        }
        return found.sorted()
    }

    private func coveringPath(_ action: AccessAction) -> [Int] {
        var found = Set(byPath[ExactText(action.path)] ?? [])
        for (prefix, number) in byPathPrefix where action.path.utf8.starts(with: prefix.utf8) { found.insert(number) }
        return found.filter { entries[$0].words.has(verb: action.verb) }.sorted()
    }
}

/// A rule's lists as sets.
struct RuleWords: Sendable {
    private let verbs: Set<ExactText>
    private let groups: Set<ExactText>
    private let resources: Set<ExactText>
    private let names: Set<ExactText>

    init(_ rule: PolicyRule) {
        verbs = Set(rule.verbs.map { ExactText($0) })
        groups = Set(rule.apiGroups.map { ExactText($0) })
        resources = Set(rule.resources.map { ExactText($0) })
        names = Set(rule.resourceNames.map { ExactText($0) })
    }

    /// True if the rule covers the action on some name, or may cover the path.
    func mayCover(_ action: AccessAction) -> Bool {
        guard has(verb: action.verb) else { return false }
        guard action.isResourceRequest else { return true }
        let isNamed = resources.contains(ExactText(action.resourceWithSubresource)) || resources.contains("*")
        let isSub = !action.subresource.isEmpty && resources.contains(ExactText("*/" + action.subresource))
        return (isNamed || isSub) && has(group: action.apiGroup)
    }

    func has(verb: String) -> Bool { verbs.contains(ExactText(verb)) || verbs.contains("*") }

    private func has(group: String) -> Bool { groups.contains(ExactText(group)) || groups.contains("*") }

    /// For a resource that the rule has been found to name.
    func cover(_ action: AccessAction) -> Bool {
        has(verb: action.verb) && has(group: action.apiGroup)
            && (names.isEmpty || names.contains(ExactText(action.name)))
    }
}

extension String {
    /// What a non-resource URL that ends in `*` stands for, without all its trailing `*`; nil for any other.
    var globPrefix: String? {
        guard utf8.last == UInt8(ascii: "*") else { return nil }
        return String(decoding: utf8.reversed().drop { $0 == UInt8(ascii: "*") }.reversed(), as: UTF8.self)
    }
}

/// A Role's or ClusterRole's identity.
package struct RoleKey: Hashable, Sendable {
    /// The cluster scope for a ClusterRole.
    package let namespace: Namespace
    @Exact package private(set) var name: String

    package init(namespace: Namespace, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package init(_ role: Role) { self.init(namespace: role.namespace, name: role.name) }

    /// The role that a binding refers to; nil for a ClusterRoleBinding to a Role, which the API server refuses.
    package init?(boundBy binding: RoleBinding) {
        guard binding.role.isClusterRole || !binding.isClusterRoleBinding else { return nil }
        self.init(
            namespace: binding.role.isClusterRole ? .clusterScope : binding.namespace, name: binding.role.name)
    }
}

extension RoleKey: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, ExactText(left.name)) < (right.namespace, ExactText(right.name))
    }
}

extension RoleKey: CustomStringConvertible {
    /// `ClusterRole/name` or `Role/namespace/name`.
    package var description: String {
        namespace == .clusterScope ? "ClusterRole/\(name)" : "Role/\(namespace)/\(name)"
    }
}

/// A RoleBinding's or ClusterRoleBinding's identity.
package struct BindingKey: Hashable, Sendable {
    /// The cluster scope for a ClusterRoleBinding.
    package let namespace: Namespace
    @Exact package private(set) var name: String

    package init(namespace: Namespace, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package init(_ binding: RoleBinding) { self.init(namespace: binding.namespace, name: binding.name) }
}

extension BindingKey: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, ExactText(left.name)) < (right.namespace, ExactText(right.name))
    }
}

extension BindingKey: CustomStringConvertible {
    /// `ClusterRoleBinding/name` or `RoleBinding/namespace/name`.
    package var description: String {
        namespace == .clusterScope ? "ClusterRoleBinding/\(name)" : "RoleBinding/\(namespace)/\(name)"
    }
}

extension BindingKey {
    /// `ClusterRoleBinding name` or `RoleBinding namespace/name`, within a sentence.
    var phrase: String {
        namespace == .clusterScope ? "ClusterRoleBinding \(name)" : "RoleBinding \(namespace)/\(name)"
    }
}
