import Domain

extension LabelSelector {
    /// True if the labels satisfy every requirement (`metav1.LabelSelectorAsSelector`); an empty selector accepts all.
    func matches(_ labels: Labels) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value } && matchExpressions.allSatisfy { $0.matches(labels) }
    }
}

extension LabelSelector.Requirement {
    /// NotIn and DoesNotExist accept labels without the key. In and NotIn without values, which the API server refuses,
    /// accept nothing.
    func matches(_ labels: Labels) -> Bool {
        let value = labels[key]
        switch `operator` {
        case .in: return value.map(values.contains) ?? false
        case .notIn: return !values.isEmpty && !(value.map(values.contains) ?? false)
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        }
    }
}
