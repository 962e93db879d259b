/// A `networking.k8s.io/v1` NetworkPolicy, in full: what a repository or a cluster may hold.
///
/// Its counterparts in other dialects are the same value as far as it can hold them; readers refuse what it cannot.
package struct NetworkPolicy: Hashable, Sendable, Codable {
    package var dialect: PolicyDialect
    package var namespace: Namespace
    package var name: String
    package var labels: Labels
    package var annotations: Labels
    package var podSelector: LabelSelector
    /// As written; see `NetworkPolicy.PolicyType` for what an empty list means.
    package var policyTypes: [PolicyType]
    package var ingress: [Rule]
    package var egress: [Rule]

    /// A direction that a policy isolates. Where `policyTypes` is empty the API server sets Ingress, and Egress if
    /// there are egress rules (API reference, NetworkPolicySpec.policyTypes).
    package enum PolicyType: String, Hashable, Sendable, Codable, CaseIterable {
        case ingress = "Ingress"
        case egress = "Egress"
    }

    /// Peers and the ports on which they may connect, or be connected to.
    package struct Rule: Hashable, Sendable, Codable {
        /// `from` or `to`. Empty means every peer.
        package var peers: [Peer]
        /// Empty means every port.
        package var ports: [PolicyPort]
        /// True if the plugin has to read the DNS answers that pass, which rules with names depend on (Cilium: `rules.dns`).
        package var readsNames: Bool

        package init(peers: [Peer], ports: [PolicyPort], readsNames: Bool = false) {
            self.peers = peers
            self.ports = ports
            self.readsNames = readsNames
        }
    }

    /// `NetworkPolicyPeer`: who is on the other side.
    package enum Peer: Hashable, Sendable, Codable {
        /// Pods: with only a pod selector those of the policy's own namespace; with a namespace selector those of the
        /// namespaces that it matches (all pods there if there is no pod selector). At least one is not nil.
        case pods(podSelector: LabelSelector?, namespaceSelector: LabelSelector?)
        case ipBlock(CIDR, except: [CIDR])
        /// Only in dialects with entities.
        case entity(NetworkEntity)
        /// Outside hosts by DNS name, `*` standing for any characters of one label, and `*` alone for every name (Cilium:
        /// `matchPattern`). Only in egress rules of dialects with names.
        case name(String)
    }

    /// `NetworkPolicyPort`: a port, a range, or every port of a protocol. For ICMP, in dialects that have it, an echo request
    /// without a port.
    package struct PolicyPort: Hashable, Sendable, Codable {
        package var `protocol`: NetworkProtocol
        package var port: PortValue?
        /// Set only beside a numeric port.
        package var endPort: Port?

        package init(protocol: NetworkProtocol, port: PortValue?, endPort: Port? = nil) {
            self.protocol = `protocol`
            self.port = port
            self.endPort = endPort
        }
    }

    /// A port by number or by name.
    package enum PortValue: Hashable, Sendable, Codable {
        case number(Port)
        /// A container port's name; its number may differ from pod to pod.
        case name(String)
    }

    package init(
        dialect: PolicyDialect = .kubernetes, namespace: Namespace, name: String, labels: Labels = [:],
        annotations: Labels = [:], podSelector: LabelSelector, policyTypes: [PolicyType], ingress: [Rule] = [],
        egress: [Rule] = []
    ) {
        self.dialect = dialect
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.annotations = annotations
        self.podSelector = podSelector
        self.policyTypes = policyTypes
        self.ingress = ingress
        self.egress = egress
    }

    /// The directions that it isolates, Ingress first, where an empty `policyTypes` is resolved as the API server does.
    package var isolatedDirections: [PolicyType] {
        guard policyTypes.isEmpty else { return PolicyType.allCases.filter(policyTypes.contains) }
        return egress.isEmpty ? [.ingress] : [.ingress, .egress]
    }

    /// The rules of a direction.
    package func rules(_ direction: PolicyType) -> [Rule] { direction == .ingress ? ingress : egress }
}
