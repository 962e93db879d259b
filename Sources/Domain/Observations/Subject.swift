/// Who asks the Kubernetes API, as RBAC has it; names are compared by their bytes, as the authorizer does.
package struct Subject: Hashable, Sendable, Codable {
    package let kind: Kind
    /// The namespace of a ServiceAccount; empty for others.
    @Exact package private(set) var namespace: Namespace
    @Exact package private(set) var name: String

    /// The kinds of subjects that RBAC knows.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case user = "User"
        case group = "Group"
        case serviceAccount = "ServiceAccount"
    }

    package init(kind: Kind, namespace: Namespace = .clusterScope, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    private static let accountPrefix = "system:serviceaccount:"

    /// The subject of an authenticated user name; `system:serviceaccount:NAMESPACE:NAME` is a ServiceAccount, with further
    /// colons a user (`SplitUsername`, k8s.io/apiserver, pkg/authentication/serviceaccount).
    package init(userName: String) {
        let parts = userName.dropFirst(Self.accountPrefix.count).split(
            separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        if userName.hasPrefix(Self.accountPrefix), parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
            self.init(kind: .serviceAccount, namespace: Namespace(String(parts[0])), name: String(parts[1]))
        } else {
            self.init(kind: .user, name: userName)
        }
    }

    /// The name by which the API server's authorizer knows a User or a ServiceAccount.
    package var userName: String {
        kind == .serviceAccount ? Self.accountPrefix + "\(namespace):\(name)" : name
    }
}

extension Subject: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, ExactText(left.namespace.rawValue), ExactText(left.name))
            < (right.kind.rawValue, ExactText(right.namespace.rawValue), ExactText(right.name))
    }
}

extension Subject: CustomStringConvertible {
    /// `ServiceAccount namespace/name`, `User name` or `Group name`.
    package var description: String {
        kind == .serviceAccount ? "\(kind.rawValue) \(namespace)/\(name)" : "\(kind.rawValue) \(name)"
    }
}
