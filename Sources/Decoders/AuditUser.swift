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

    /// What a client needs to be allowed in order to act as this user
    /// (`k8s.io/apiserver/pkg/endpoints/filters/impersonation.go`).
    ///
    /// Groups that the API server adds by itself need nothing.
    var impersonations: [AccessAction] {
        var actions = [subject]
        actions += groups.filter { !isAddedByServer($0) }.map {
            AccessAction(verb: "impersonate", apiGroup: "", resource: "groups", name: $0)
        }
        if !uid.isEmpty { actions.append(authentication("uids", name: uid)) }
        actions += extra.map { authentication("userextras", subresource: $0.key, name: $0.value) }
        return actions
    }

    private var subject: AccessAction {
        let subject = Subject(userName: name)
        return AccessAction(
            verb: "impersonate", apiGroup: "", resource: subject.kind == .serviceAccount ? "serviceaccounts" : "users",
            namespace: subject.namespace, name: subject.name)
    }

    private func authentication(_ resource: String, subresource: String = "", name: String) -> AccessAction {
        AccessAction(
            verb: "impersonate", apiGroup: "authentication.k8s.io", resource: resource, subresource: subresource,
            name: name)
    }

    private func isAddedByServer(_ group: String) -> Bool {
        let subject = Subject(userName: name)
        switch group {
        case "system:authenticated": return true
        case "system:unauthenticated": return name == "system:anonymous"
        case "system:serviceaccounts", "system:serviceaccounts:\(subject.namespace)":
            return subject.kind == .serviceAccount
        default: return false
        }
    }
}
