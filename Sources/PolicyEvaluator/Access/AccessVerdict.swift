package import Domain

/// What a set of roles and bindings makes of a request.
package enum AccessVerdict: Hashable, Sendable {
    /// The first grant, ClusterRoleBindings before RoleBindings and by name.
    case allowed(by: GrantingRule)
    /// A member of the group system:masters: no role is asked.
    case privileged
    case denied

    package var isAllowed: Bool { self != .denied }
}

/// One rule that reaches a subject through one binding.
package struct GrantingRule: Hashable, Sendable {
    package let binding: BindingReference
    /// The role that the binding refers to.
    package let role: RoleReference
    /// The role that holds the rule: another one than `role` if that aggregates it.
    package let origin: RoleReference
    /// The rule's position in `origin`, from 0.
    package let ruleIndex: Int
}

/// A RoleBinding's or ClusterRoleBinding's identity.
package struct BindingReference: Hashable, Sendable, CustomStringConvertible {
    /// The cluster scope for a ClusterRoleBinding.
    @Exact package private(set) var namespace: Namespace
    @Exact package private(set) var name: String

    package init(namespace: Namespace, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `ClusterRoleBinding name` or `RoleBinding namespace/name`.
    package var description: String {
        namespace == .clusterScope ? "ClusterRoleBinding \(name)" : "RoleBinding \(namespace)/\(name)"
    }
}
