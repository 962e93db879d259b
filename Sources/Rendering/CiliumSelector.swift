import Domain

/// Label selectors as Cilium has them: a pod's namespace and its labels are labels of the pod beside its own.
enum CiliumSelector {
    private static let namespaceName = "k8s:io.kubernetes.pod.namespace"
    private static let namespaceLabels = "k8s:io.cilium.k8s.namespace.labels."

    /// The pods of the policy's own namespace that it is for.
    static func subject(_ pods: LabelSelector) -> LabelSelector { isPlain(pods) ? pods : nobody }

    /// A peer. Without a namespace selector Cilium adds the policy's own namespace.
    static func endpoint(pods: LabelSelector?, namespaces: LabelSelector?) -> LabelSelector {
        let pods = pods ?? LabelSelector()
        guard isPlain(pods) else { return nobody }
        guard let namespaces else { return pods }
        var labels = pods.matchLabels
        for (key, value) in namespaces.matchLabels { labels[label(key)] = value }
        var expressions = namespaces.matchExpressions.map {
            LabelSelector.Requirement(key: label($0.key), operator: $0.operator, values: $0.values)
        }
        // Without a namespace a selector would be held to the policy's own (by older versions also beside namespace
        // labels), and a negative one alone would hold nodes and the outside as well.
        let isPositive =
            labels[namespaceName] != nil
            || expressions.contains { $0.key == namespaceName && ($0.operator == .in || $0.operator == .exists) }
        if !isPositive { expressions.append(.init(key: namespaceName, operator: .exists)) }
        return LabelSelector(matchLabels: labels, matchExpressions: expressions + pods.matchExpressions)
    }

    private static func label(_ key: String) -> String {
        key == GeneratedName.namespaceLabel ? namespaceName : namespaceLabels + key
    }

    /// False if a key is one that Cilium reads in another way than as a pod's label.
    private static func isPlain(_ selector: LabelSelector) -> Bool {
        let keys = selector.matchLabels.keys + selector.matchExpressions.map(\.key)
        return keys.allSatisfy {
            !$0.utf8.contains(UInt8(ascii: ":")) && !$0.hasPrefix("io.kubernetes.pod.")
                && !$0.hasPrefix("io.cilium.k8s.")
        }
    }

    /// Selects no pod, as labels do that no pod can have.
    private static let nobody = LabelSelector(
        matchExpressions: [.init(key: "app", operator: .exists), .init(key: "app", operator: .doesNotExist)])
}
