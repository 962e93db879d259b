package import Domain

/// Whether rules allow nothing that others do not allow.
package enum RuleCover {
    /// Nobody writes roles of which more pairs of rules would have to be compared.
    private static let mostPairs = 1_000_000

    /// True if each of the inner rules is a part of one of the outer ones, word by word. What several outer rules allow
    /// only together is not found, nor what would take too long.
    package static func covers(_ outer: [PolicyRule], _ inner: [PolicyRule]) -> Bool {
        let same = Set(outer)
        let others = inner.filter { !same.contains($0) }
        guard others.count <= mostPairs / max(1, outer.count) else { return false }
        let all = outer.map(Words.init)
        return others.allSatisfy { rule in
            let words = Words(rule)
            return all.contains { $0.contain(words) }
        }
    }

    private struct Words {
        let verbs: Set<ExactText>
        let groups: Set<ExactText>
        let resources: Set<ExactText>
        let names: Set<ExactText>
        let paths: Set<ExactText>

        init(_ rule: PolicyRule) {
            verbs = Self.set(rule.verbs)
            groups = Self.set(rule.apiGroups)
            resources = Self.set(rule.resources)
            names = Self.set(rule.resourceNames)
            paths = Self.set(rule.nonResourceURLs)
        }

        private static func set(_ words: [String]) -> Set<ExactText> { Set(words.map { ExactText($0) }) }

        func contain(_ other: Words) -> Bool {
            Self.has(verbs, other.verbs) && Self.has(groups, other.groups) && hasResources(other.resources)
                && (names.isEmpty || !other.names.isEmpty && names.isSuperset(of: other.names))
                && other.paths.allSatisfy(hasPath)
        }

        private static func has(_ words: Set<ExactText>, _ others: Set<ExactText>) -> Bool {
            words.contains("*") || words.isSuperset(of: others)
        }

        private func hasResources(_ others: Set<ExactText>) -> Bool {
            guard !resources.contains("*") else { return true }
            return others.allSatisfy { other in
                resources.contains(other)
                    || other.text.split(separator: "/").dropFirst().first
                        .map { resources.contains(ExactText("*/" + $0)) } ?? false
            }
        }

        private func hasPath(_ path: ExactText) -> Bool {
            paths.contains(path)
                || paths.contains { $0.text.globPrefix.map { path.text.utf8.starts(with: $0.utf8) } ?? false }
        }
    }
}
