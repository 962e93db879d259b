/// The kind of object that a network policy is written as.
package enum PolicyDialect: String, Hashable, Sendable, Codable, CaseIterable {
    /// NetworkPolicy of `networking.k8s.io/v1`.
    case kubernetes
    /// CiliumNetworkPolicy of `cilium.io/v2`.
    case cilium
    /// NetworkPolicy of `projectcalico.org/v3`.
    case calico
    /// StagedNetworkPolicy of `projectcalico.org/v3`: reported by the plugin, not enforced.
    case calicoStaged

    /// True if rules can name outside hosts by DNS name (Cilium: `toFQDNs`). Calico has `domains` in its paid editions only.
    package var hasNames: Bool { self == .cilium }

    /// True if rules can name the API server, nodes and the outside as such (Cilium: `toEntities`, `fromEntities`).
    package var hasEntities: Bool { self == .cilium }

    /// True if rules can name ICMP (Cilium: `icmps`; Calico: `protocol: ICMP`).
    package var hasICMP: Bool { self != .kubernetes }
}
