import Domain

/// What a client needs to be allowed in order to act as another user.
///
/// Source: `k8s.io/apiserver/pkg/endpoints/filters/impersonation`, `impersonation.go` for plain `impersonate`, `mode.go` for
/// the verbs of constrained impersonation (KEP-5284). Groups that the API server adds by itself need nothing.
struct Impersonation {
    /// On whom to act as.
    let identities: [AccessAction]
    /// The mode whose verb on the request is needed as well; nil where none is, or where the checks are not known.
    let mode: ImpersonationMode?

    /// - Parameter constraint: the verb that allowed it where that was constrained; empty where it was `impersonate`.
    init(of user: AuditUser, constraint: String) {
        guard !constraint.isEmpty else {
            (identities, mode) = (user.unconstrained, nil)
            return
        }
        guard case .identity(let known?) = ImpersonationVerb(constraint) else {
            (identities, mode) = ([user.unknown(constraint)], nil)
            return
        }
        let needed = user.identities(known)
        // A server never records these: what it did check is not known, so that the learner shall not grant a part of it.
        let odd = needed.filter { !known.asks(for: $0) }
        (identities, mode) = odd.isEmpty ? (needed, known) : (odd, nil)
    }
}

// MARK: - Identities

extension AuditUser {
    private static let authentication = "authentication.k8s.io"

    /// Users and groups are of the core group here, all else of another.
    fileprivate var unconstrained: [AccessAction] {
        identities(verb: "impersonate", userGroup: "", user: userName, groups: groups.filter { !isAddedByServer($0) })
    }

    /// All of `authentication.k8s.io`. Groups of service accounts and nodes are the API server's own choice.
    fileprivate func identities(_ mode: ImpersonationMode) -> [AccessAction] {
        guard let node = nodeName else {
            return identities(
                verb: mode.identityVerb, userGroup: Self.authentication, user: userName,
                groups: groups.filter { !isAddedByServer($0) })
        }
        let name = mode == .associatedNode ? "*" : node
        return identities(
            verb: mode.identityVerb, userGroup: Self.authentication, user: ("nodes", .clusterScope, name),
            groups: groups.filter { !isAddedByServer($0) && $0 != "system:nodes" })
    }

    /// Something to report, never to grant: in which API group the verb is asked for is not known.
    fileprivate func unknown(_ constraint: String) -> AccessAction {
        let isVerb = if case .identity = ImpersonationVerb(constraint) { true } else { false }
        return AccessAction(
            verb: isVerb ? constraint : "impersonate:\(constraint)", apiGroup: "", resource: userName.resource,
            namespace: userName.namespace, name: userName.name)
    }

    private typealias UserName = (resource: String, namespace: Namespace, name: String)

    private var userName: UserName {
        let subject = Subject(userName: name)
        return (subject.kind == .serviceAccount ? "serviceaccounts" : "users", subject.namespace, subject.name)
    }

    /// The node that a user name stands for.
    private var nodeName: String? {
        let prefix = "system:node:"
        guard name.utf8.starts(with: prefix.utf8) else { return nil }
        let node = String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        return KubernetesNames.isObjectName(node) ? node : nil
    }

    private func identities(verb: String, userGroup: String, user: UserName, groups: [String]) -> [AccessAction] {
        var actions = [
            AccessAction(
                verb: verb, apiGroup: userGroup, resource: user.resource, namespace: user.namespace, name: user.name)
        ]
        actions += groups.map { AccessAction(verb: verb, apiGroup: userGroup, resource: "groups", name: $0) }
        if !uid.isEmpty {
            actions.append(AccessAction(verb: verb, apiGroup: Self.authentication, resource: "uids", name: uid))
        }
        return actions
            + extra.map {
                AccessAction(
                    verb: verb, apiGroup: Self.authentication, resource: "userextras", subresource: $0.key,
                    name: $0.value)
            }
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
