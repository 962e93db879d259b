package import Domain

/// Judges requests to the Kubernetes API by a set of roles and bindings, as the RBAC authorizer does.
///
/// The rules are those of `RBACAuthorizer` (k8s.io/kubernetes, plugin/pkg/auth/authorizer/rbac), after the one that comes
/// before all others: whoever is in the group system:masters passes (pkg/kubeapiserver/authorizer, privileged groups). The
/// Node authorizer is not judged. A binding whose role does not exist grants nothing. An aggregating ClusterRole has the
/// rules of all that it selects, and none of those that are written in it: the controller overwrites them (API reference,
/// ClusterRole, aggregationRule).
package struct AccessEvaluator: Sendable {
    private struct Bound: Sendable {
        let binding: BindingReference
        let role: RoleReference
        let rules: CompiledRole
    }

    private enum Key: Hashable, Sendable {
        /// A user, or a service account by its user name.
        case user(ExactText)
        case group(ExactText)
    }

    /// Numbers of bindings, ascending.
    private struct Bindings: Sendable {
        var cluster: [Int] = []
        var namespaced: [ExactText: [Int]] = [:]
    }

    private var bound: [Bound] = []
    private var bindings: [Key: Bindings] = [:]

    /// Prepares roles and bindings for judging.
    package init(grants: AccessGrants) {
        var roles = RoleTable(grants.roles)
        for binding in grants.bindings.sorted(by: Self.precedes) {
            guard let reference = Self.role(of: binding), let rules = roles.role(reference) else { continue }
            let number = bound.count
            bound.append(
                Bound(
                    binding: BindingReference(namespace: binding.namespace, name: binding.name), role: reference,
                    rules: rules))
            for key in Set(binding.subjects.compactMap({ Self.key($0, in: binding.namespace) })) {
                if binding.isClusterRoleBinding {
                    bindings[key, default: Bindings()].cluster.append(number)
                } else {
                    bindings[key, default: Bindings()].namespaced[ExactText(binding.namespace.rawValue), default: []]
                        .append(number)
                }
            }
        }
    }

    /// Judges a request, by a user with the groups that were seen besides those that it always has.
    ///
    /// A subject of kind Group stands for a request by nobody else but a member of that group.
    package func verdict(subject: Subject, groups: [String] = [], action: AccessAction) -> AccessVerdict {
        guard !Self.isPrivileged(subject, groups) else { return .privileged }
        for number in candidates(subject, groups, action.scope) {
            if let rule = grantingRule(number, action) { return .allowed(by: rule) }
        }
        return .denied
    }

    /// One grant for each binding that allows the request, in the order of `AccessVerdict.allowed`; of RBAC alone.
    package func grantingRules(subject: Subject, groups: [String] = [], action: AccessAction) -> [GrantingRule] {
        candidates(subject, groups, action.scope).compactMap { grantingRule($0, action) }
    }

    private func grantingRule(_ number: Int, _ action: AccessAction) -> GrantingRule? {
        let bound = bound[number]
        return bound.rules.allowing(action).map {
            GrantingRule(binding: bound.binding, role: bound.role, origin: $0.origin, ruleIndex: $0.index)
        }
    }

    /// The bindings that apply, ascending.
    private func candidates(_ subject: Subject, _ groups: [String], _ scope: Namespace) -> [Int] {
        var found: [Int] = []
        for key in Self.keys(subject, groups) {
            guard let bindings = bindings[key] else { continue }
            found += bindings.cluster
            // Cluster-wide requests and paths have no namespace, and no RoleBinding reaches them.
            if scope != .clusterScope, let inside = bindings.namespaced[ExactText(scope.rawValue)] { found += inside }
        }
        found.sort()
        return found.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}

extension AccessEvaluator {
    private static func isPrivileged(_ subject: Subject, _ groups: [String]) -> Bool {
        let name = "system:masters"
        return groups.contains { $0.hasSameBytes(as: name) } || subject == Subject(kind: .group, name: name)
    }

    /// ClusterRoleBindings before RoleBindings, then by name.
    private static func precedes(_ left: RoleBinding, _ right: RoleBinding) -> Bool {
        let (first, second) = (ExactText(left.namespace.rawValue), ExactText(right.namespace.rawValue))
        return first == second ? ExactText(left.name) < ExactText(right.name) : first < second
    }

    /// The role that a binding refers to; nil for a ClusterRoleBinding to a Role, which the API server refuses.
    private static func role(of binding: RoleBinding) -> RoleReference? {
        if binding.role.isClusterRole { return RoleReference(namespace: .clusterScope, name: binding.role.name) }
        guard !binding.isClusterRoleBinding else { return nil }
        return RoleReference(namespace: binding.namespace, name: binding.role.name)
    }

    /// A ServiceAccount without namespace is one of the binding's, and nobody in a ClusterRoleBinding
    /// (rbac.appliesToUser).
    private static func key(_ subject: Subject, in namespace: Namespace) -> Key? {
        switch subject.kind {
        case .user: return .user(ExactText(subject.name))
        case .group: return .group(ExactText(subject.name))
        case .serviceAccount:
            let home = subject.namespace == .clusterScope ? namespace : subject.namespace
            guard home != .clusterScope else { return nil }
            return .user(ExactText(Subject(kind: .serviceAccount, namespace: home, name: subject.name).userName))
        }
    }

    private static func keys(_ subject: Subject, _ groups: [String]) -> [Key] {
        let known = groups.map { Key.group(ExactText($0)) }
        guard subject.kind != .group else { return [.group(ExactText(subject.name))] + known }
        let implied = impliedGroups(subject, groups).map { Key.group(ExactText($0)) }
        return [.user(ExactText(subject.userName))] + known + implied
    }

    /// The groups that authentication adds; system:unauthenticated is never joined by system:authenticated.
    private static func impliedGroups(_ subject: Subject, _ groups: [String]) -> [String] {
        let account = subject.kind == .user ? Subject(userName: subject.name) : subject
        if account.kind == .serviceAccount {
            return [
                "system:serviceaccounts", "system:serviceaccounts:\(account.namespace)", "system:authenticated",
            ]
        }
        guard subject.name != "system:anonymous" else { return ["system:unauthenticated"] }
        return groups.contains("system:unauthenticated") ? [] : ["system:authenticated"]
    }
}

extension AccessAction {
    fileprivate var scope: Namespace { isResourceRequest ? namespace : .clusterScope }
}
