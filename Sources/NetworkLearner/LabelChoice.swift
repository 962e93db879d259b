import Domain

/// Which labels of a pod template may select it.
enum LabelChoice {
    /// Labels that differ from pod to pod or from roll-out to roll-out (Kubernetes documentation, "Well-Known Labels").
    private static let volatile: Set<String> = [
        "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
        "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "rollouts-pod-template-hash",
    ]
    private static let volatilePrefixes = ["batch.kubernetes.io/", "topology.kubernetes.io/"]
    /// Labels that change with a release, not with the workload.
    private static let versions: Set<String> = [
        "app.kubernetes.io/version", "helm.sh/chart", "chart", "version", "istio.io/rev", "heritage",
        "app.kubernetes.io/managed-by",
    ]

    /// The labels that are the same for all pods of a workload, and stay over roll-outs: those that `spec.selector` names cannot
    /// change at all, a version among them or not.
    static func lasting(_ labels: Labels) -> Labels {
        labels.filter { key, _ in !volatile.contains(key) && !volatilePrefixes.contains { key.hasPrefix($0) } }
    }

    /// True if Cilium, as it is set up by default, knows pods by this label: it leaves out those of Kubernetes itself but
    /// `app.kubernetes.io` (Cilium documentation, "Limiting Identity-Relevant Labels").
    static func isIdentityRelevant(_ key: String) -> Bool {
        let domain = key.split(separator: "/", maxSplits: 1)[...].first.map(String.init) ?? ""
        guard key.contains("/"), domain != "app.kubernetes.io" else { return true }
        return !domain.hasSuffix("kubernetes.io") && !domain.hasSuffix("k8s.io")
    }

    /// The labels that stay for as long as the workload does.
    static func stable(_ labels: Labels) -> Labels {
        lasting(labels).filter { key, _ in !versions.contains(key) }
    }
}
