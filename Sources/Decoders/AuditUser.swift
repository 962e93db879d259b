import Domain

/// A `user` or `impersonatedUser` object of an audit event.
struct AuditUser {
    /// Empty where the request was not authenticated.
    private(set) var name = ""
    private(set) var uid = ""
    private(set) var groups: [String] = []
    private(set) var extra: [(key: String, value: String)] = []

    init(_ items: [TextItem]) {
        for item in items {
            switch (item.parent, item.key) {
            case ("", "username"): name = item.value
            case ("", "uid"): uid = item.value
            case ("", "groups"): groups.append(item.value)
            case ("extra", _): extra.append((item.key, item.value))
            default: break
            }
        }
    }

    /// The workload from whose pod a service account's token came; empty where no pod is named.
    ///
    /// Tokens of pods carry the pod's name since Kubernetes 1.22 (KEP-1205, bound service account tokens). What other
    /// users bring under that key says nothing.
    var caller: String {
        let pods = extra.lazy.filter { $0.key == "authentication.kubernetes.io/pod-name" }.map(\.value)
        guard let pod = pods.first, KubernetesNames.isObjectName(pod), Subject(userName: name).kind == .serviceAccount
        else { return "" }
        return PodName.ownerStem(pod)
    }
}
