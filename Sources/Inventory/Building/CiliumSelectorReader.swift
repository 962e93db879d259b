import Domain

/// Reads Cilium's endpoint selectors, in which namespaces are labels of the pod.
struct CiliumSelectorReader {
    let namespace: Namespace

    private static let namespaceName = "io.kubernetes.pod.namespace"
    private static let namespaceLabels = "io.cilium.k8s.namespace.labels."

    /// Pods of every namespace.
    static let everyPod = NetworkPolicy.Peer.pods(
        podSelector: nil,
        namespaceSelector: LabelSelector(matchExpressions: [.init(key: GeneratedName.namespaceLabel, operator: .exists)]
        ))

    /// The pods that a policy is for.
    func subject(_ value: JSONValue) throws(Malformed) -> LabelSelector {
        let parts = try parts(value)
        let own = LabelSelector(matchLabels: [GeneratedName.namespaceLabel: namespace.rawValue])
        guard parts.namespaces.isEmpty || parts.namespaces == own else {
            throw Malformed("its endpointSelector selects by namespace")
        }
        return parts.pods
    }

    /// A peer: of the policy's own namespace where the selector names none.
    func endpoint(_ value: JSONValue) throws(Malformed) -> NetworkPolicy.Peer {
        let (pods, namespaces) = try parts(value)
        guard !namespaces.isEmpty else { return .pods(podSelector: pods, namespaceSelector: nil) }
        guard let reduced = Self.reduced(namespaces) else {
            throw Malformed("versions of Cilium differ on a selector by namespace labels alone")
        }
        guard reduced != LabelSelector(matchLabels: [GeneratedName.namespaceLabel: namespace.rawValue]) else {
            return .pods(podSelector: pods, namespaceSelector: nil)
        }
        return .pods(podSelector: pods.isEmpty ? nil : pods, namespaceSelector: reduced)
    }

    /// The selector without the requirement that there is a namespace, unless that is all; nil if it names no namespace.
    private static func reduced(_ selector: LabelSelector) -> LabelSelector? {
        let exists = LabelSelector.Requirement(key: GeneratedName.namespaceLabel, operator: .exists)
        let isPositive =
            selector.matchLabels[GeneratedName.namespaceLabel] != nil
            || selector.matchExpressions.contains {
                $0 == exists || $0.key == GeneratedName.namespaceLabel && $0.operator == .in
            }
        guard isPositive else { return nil }
        var reduced = selector
        reduced.matchExpressions.removeAll { $0 == exists }
        return reduced.isEmpty ? LabelSelector(matchExpressions: [exists]) : reduced
    }

    private func parts(_ value: JSONValue) throws(Malformed) -> (pods: LabelSelector, namespaces: LabelSelector) {
        try value.allow("matchLabels", "matchExpressions")
        var pods = LabelSelector()
        var namespaces = LabelSelector()
        for (written, text) in (value["matchLabels"]?.textMap ?? [:]).sorted(by: { $0.key < $1.key }) {
            let (key, isNamespace) = try label(written)
            guard ObjectName.isLabelValue(text) else { throw Malformed("a selector has a malformed label") }
            if isNamespace { namespaces.matchLabels[key] = text } else { pods.matchLabels[key] = text }
        }
        for expression in value.items("matchExpressions") {
            let (key, isNamespace) = try label(expression["key"]?.text ?? "")
            guard case .object(var members) = expression else { throw Malformed("a selector is malformed") }
            members["key"] = .string(key)
            let requirement = try JSONValue.object(members).asRequirement()
            if isNamespace {
                namespaces.matchExpressions.append(requirement)
            } else {
                pods.matchExpressions.append(requirement)
            }
        }
        return (pods, namespaces)
    }

    /// The label without its source, and whether it is the namespace's.
    private func label(_ written: String) throws(Malformed) -> (key: String, isNamespace: Bool) {
        var key = written
        for source in ["k8s:", "any:"] where written.hasPrefix(source) { key = String(written.dropFirst(source.count)) }
        if key == Self.namespaceName { return (GeneratedName.namespaceLabel, true) }
        let isNamespace = key.hasPrefix(Self.namespaceLabels)
        if isNamespace { key = String(key.dropFirst(Self.namespaceLabels.count)) }
        let isReserved = key.hasPrefix("io.cilium.k8s.") || key.hasPrefix("io.kubernetes.pod.")
        guard ObjectName.isLabelKey(key), !isReserved else {
            throw Malformed("a selector has a label that is none of a pod or its namespace")
        }
        return (key, isNamespace)
    }
}
