package import Domain

/// What a repository declares at its base, as far as learning depends on it.
package struct RepositoryDeclarations: Sendable {
    /// What may run next, whether or not it runs now. A workload is there as often as files declare it.
    package let workloads: [Workload]
    package let policies: [NetworkPolicy]

    package init(workloads: [Workload], policies: [NetworkPolicy]) {
        self.workloads = workloads
        self.policies = policies
    }
}

extension [NetworkPolicy] {
    /// The namespaces in which people name ports in the policies that they wrote.
    var namespacesNamingPorts: Set<Namespace> {
        Set(filter { !$0.isGenerated && $0.namesPorts }.map(\.namespace))
    }
}

extension NetworkPolicy {
    /// True if Leastwise wrote it.
    var isGenerated: Bool { GeneratedName.labels.allSatisfy { labels[$0.key] == $0.value } }

    fileprivate var namesPorts: Bool {
        (ingress + egress).flatMap(\.ports).contains { if case .name = $0.port { true } else { false } }
    }
}
