package import Domain

extension LearnedSubject {
    /// The roles as Kubernetes objects with their bindings, sorted by scope, ready to be rendered.
    ///
    /// A binding has the name of its role, so that no binding ever changes its role, which Kubernetes forbids.
    package var manifests: AccessGrants {
        var grants = AccessGrants()
        for role in roles {
            switch role.scope {
            case .cluster: add(role, named: name, boundIn: [.clusterScope], to: &grants)
            case .namespaces(let namespaces):
                add(role, named: roleName(namespaces), boundIn: namespaces, to: &grants)
            }
        }
        return grants
    }

    private func add(
        _ role: LearnedRole, named name: String, boundIn namespaces: [Namespace], to grants: inout AccessGrants
    ) {
        let home = namespaces.count == 1 ? namespaces[0] : .clusterScope
        let isClusterRole = home == .clusterScope
        grants.roles.append(
            Role(
                namespace: home, name: name, labels: GeneratedName.labels,
                annotations: role.inferredText.map { [GeneratedName.inferredAnnotation: $0] } ?? [:],
                rules: role.rules.map(\.rule)))
        for namespace in namespaces {
            grants.bindings.append(
                RoleBinding(
                    namespace: namespace, name: name, labels: GeneratedName.labels,
                    role: .init(isClusterRole: isClusterRole, name: name), subjects: [subject]))
        }
    }

    private func roleName(_ namespaces: [Namespace]) -> String {
        guard namespaces.count > 1, let first = namespaces.first else { return name }
        return names.shared(first: first == firstShared ? nil : first)
    }

    /// The first namespace of the first shared role, whose name needs nothing more.
    private var firstShared: Namespace? {
        roles.lazy.compactMap { role in
            guard case .namespaces(let namespaces) = role.scope, namespaces.count > 1 else { return nil }
            return namespaces.first
        }.first
    }
}
