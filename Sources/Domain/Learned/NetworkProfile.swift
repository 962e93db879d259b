/// How a network plugin matches connections, and so what its rules have to name. docs/PROFILES.md has the sources.
package enum NetworkProfile: String, Hashable, Sendable, Codable, CaseIterable {
    /// Rules see a connection after Service addresses were translated: pods and their ports (most plugins).
    case kubernetes
    /// Rules for outgoing traffic see the Service's own address and port, before translation.
    case serviceAddress = "service-address"
    /// Cilium: identities, not addresses, for everything inside of the cluster.
    case cilium
    /// Calico: as `kubernetes`, written as its own objects.
    case calico

    /// What policies are written as unless told otherwise.
    package var dialect: PolicyDialect {
        switch self {
        case .kubernetes, .serviceAddress: .kubernetes
        case .cilium: .cilium
        case .calico: .calico
        }
    }
}
