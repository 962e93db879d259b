import Domain

/// Finds grantees of live bindings that used none of their rights.
enum UnusedGrants {
    /// - Parameters:
    ///   - requesters: everyone of whom a request was learned.
    ///   - groups: the groups that these requests came with.
    static func grantees(
        in grants: AccessGrants, requesters: Set<Subject>, groups: Set<ExactText>
    ) -> [UnusedGrantee] {
        var bindings: [Subject: Set<ExactText>] = [:]
        for binding in grants.bindings where !DefaultGrants.isDefault(binding.labels) {
            for subject in binding.subjects {
                let subject = subject.resolved(in: binding.namespace)
                guard !isUsed(subject, requesters, groups) else { continue }
                bindings[subject, default: []].insert(ExactText(description(binding)))
            }
        }
        return bindings.sorted { $0.key < $1.key }.map {
            UnusedGrantee(subject: $0.key, bindings: $0.value.sorted().map(\.text))
        }
    }

    private static func isUsed(_ subject: Subject, _ requesters: Set<Subject>, _ groups: Set<ExactText>) -> Bool {
        if subject.kind == .group { return subject.isReserved || groups.contains(ExactText(subject.name)) }
        let account = Subject(userName: subject.userName)
        return requesters.contains(account) || account.isReserved
    }

    /// `ClusterRoleBinding name` or `RoleBinding namespace/name`.
    static func description(_ binding: RoleBinding) -> String {
        binding.isClusterRoleBinding
            ? "ClusterRoleBinding \(binding.name)" : "RoleBinding \(binding.namespace)/\(binding.name)"
    }
}

extension Subject {
    /// A ServiceAccount without namespace is one of the binding's.
    func resolved(in namespace: Namespace) -> Subject {
        guard kind == .serviceAccount, self.namespace == .clusterScope else { return self }
        return Subject(kind: kind, namespace: namespace, name: name)
    }
}
