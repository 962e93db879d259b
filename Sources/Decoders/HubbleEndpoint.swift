import Domain

/// One side of a flow as its endpoint object says, without its address.
struct HubbleEndpoint {
    let peer: ObservedPeer
    /// The pod's name; empty for peers that are no pods, or unnamed.
    let podName: String
    /// How the endpoint is called in a sample: the pod, the workload, or what Cilium calls it.
    let shownName: String
    /// The names and patterns of `fqdn:` labels.
    let names: [String]
    let isHealthCheck: Bool
    /// True for a node that serves the API as well, on the node where the flow was seen: other nodes never are `host`.
    let isLocalAPIServer: Bool

    /// Reads an endpoint's scalars; nil if it has a name that Kubernetes cannot have given.
    init?(_ items: [TextItem]) {
        let fields = Fields(items)
        let kind = fields.isPod ? .pod : Self.kind(of: fields)
        names = fields.names
        isHealthCheck = fields.reserved.contains("health")
        isLocalAPIServer = fields.reserved.isSuperset(of: ["host", "kube-apiserver"])
        if kind == .pod {
            guard let pod = Self.pod(fields) else { return nil }
            peer = pod
            podName = fields.podName
            let owner = fields.podName.isEmpty ? fields.workloadName : fields.podName
            shownName = owner.isEmpty ? fields.namespace : owner
        } else {
            peer = ObservedPeer(kind, address: nil)
            podName = ""
            shownName = fields.reserved.sorted().first ?? "unknown"
        }
    }

    private static func pod(_ fields: Fields) -> ObservedPeer? {
        guard KubernetesNames.isNamespace(fields.namespace),
            fields.podName.isEmpty || KubernetesNames.isObjectName(fields.podName),
            fields.workloadName.isEmpty || KubernetesNames.isObjectName(fields.workloadName),
            fields.workloadKind.isEmpty || KubernetesNames.isKind(fields.workloadKind),
            fields.cluster.isEmpty || KubernetesNames.isCluster(fields.cluster)
        else { return nil }
        let isKnown = !fields.workloadName.isEmpty || !fields.labels.isEmpty
        return ObservedPeer(
            pod: isKnown ? "" : fields.podName, namespace: Namespace(fields.namespace),
            workloadKind: fields.workloadKind, workloadName: fields.workloadName, labels: fields.labels,
            remoteCluster: fields.cluster)
    }

    /// What Cilium's reserved labels mean; where an older exporter writes none, the numeric identity.
    ///
    /// `reserved:ingress` (Cilium's own proxy) and `reserved:init` without a pod's name stay unknown: no Kubernetes
    /// policy can select them.
    private static func kind(of fields: Fields) -> ObservedPeer.Kind {
        if fields.reserved.contains("kube-apiserver") { return .apiServer }
        if fields.reserved.contains("host") { return .host }
        if fields.reserved.contains("remote-node") { return .remoteNode }
        if fields.isExternal || !fields.reserved.isDisjoint(with: ["world", "world-ipv4", "world-ipv6"]) {
            return .world
        }
        guard fields.reserved.isEmpty, fields.labels.isEmpty else { return .unknown }
        switch fields.identity {
        case 1: return .host
        case 6: return .remoteNode
        case 7: return .apiServer
        case 2, 9, 10: return .world
        // Identities of this scope are made for CIDRs and names (pkg/identity: IdentityScopeLocal).
        case 1 << 24..<2 << 24: return .world
        default: return .unknown
        }
    }
}

extension HubbleEndpoint {
    /// An endpoint's fields, labels sorted out.
    private struct Fields {
        var namespace = ""
        var podName = ""
        var cluster = ""
        var workloadName = ""
        var workloadKind = ""
        var identity: UInt64 = 0
        var labels: Labels = [:]
        var reserved: Set<String> = []
        var names: [String] = []
        var isExternal = false

        init(_ items: [TextItem]) {
            for item in items { read(item) }
        }

        /// A pod by name or by labels. A pod that shares its node's network has the node's identity, and none of its
        /// own that a policy could select.
        var isPod: Bool {
            let isNode = !reserved.isDisjoint(with: ["host", "remote-node", "kube-apiserver", "health"])
            return !isNode && !namespace.isEmpty && !(podName.isEmpty && workloadName.isEmpty && labels.isEmpty)
        }

        private mutating func read(_ item: TextItem) {
            switch (item.parent, item.key) {
            case ("", "namespace"): namespace = item.value
            case ("", "pod_name"), ("", "podName"): podName = item.value
            case ("", "cluster_name"), ("", "clusterName"): cluster = item.value
            case ("", "identity"): identity = item.number
            case ("", "labels"): read(label: item.value)
            case ("workloads", "name") where item.index == 0: workloadName = item.value
            case ("workloads", "kind") where item.index == 0: workloadKind = item.value
            default: break
            }
        }

        private mutating func read(label: String) {
            guard let colon = label.firstIndex(of: ":") else { return }
            let rest = String(label[label.index(after: colon)...])
            switch label[..<colon] {
            case "k8s": read(podLabel: rest)
            case "reserved": reserved.insert(rest.hasSuffix("=") ? String(rest.dropLast()) : rest)
            case "cidr": isExternal = true
            case "fqdn":
                isExternal = true
                if let name = KubernetesNames.dnsName(rest.hasSuffix("=") ? String(rest.dropLast()) : rest) {
                    names.append(name)
                }
            default: break
            }
        }

        private mutating func read(podLabel: String) {
            let parts = podLabel.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(parts[0])
            let value = parts.count == 2 ? String(parts[1]) : ""
            if key == "io.kubernetes.pod.namespace", namespace.isEmpty { namespace = value }
            guard !Self.isVolatile(key), KubernetesNames.isLabelKey(key), KubernetesNames.isLabelValue(value) else {
                return
            }
            labels[key] = value
        }

        /// Labels that the plugin or a controller adds, or that differ between the pods of one workload.
        private static func isVolatile(_ key: String) -> Bool {
            volatileKeys.contains(key) || volatilePrefixes.contains { key.hasPrefix($0) }
        }

        private static let volatileKeys: Set<String> = [
            "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
            "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
        ]
        private static let volatilePrefixes = [
            "io.kubernetes.", "io.cilium.", "batch.kubernetes.io/", "topology.kubernetes.io/",
        ]
    }
}
