package import Domain

/// One end of a connection: a pod, a node, or an address outside of the cluster.
package struct NetworkParty: Hashable, Sendable {
    /// Nil for whatever is no pod.
    package let namespace: Namespace?
    /// The pod's name; empty where unknown. It tells a pod that dials itself from one that dials its twin.
    package let name: String
    package let labels: Labels
    package let addresses: [IPAddress]
    /// Declared container ports; named ports of policies resolve against them.
    package let ports: [ContainerPort]
    package let isHostNetwork: Bool
    /// The node that a pod runs on, or the node that the party itself is; nil where unknown.
    package let nodeName: String?
    /// True for a node, whether or not its name is known.
    package let isNode: Bool
    /// True for an address at which the API server answers, be it a node's or outside of the cluster.
    package let isAPIServer: Bool
    /// DNS names that were answered with the party's addresses, for rules that name hosts; without a dot at the end.
    package let names: [String]

    /// A pod. Without its name two parties are the same pod only if they share an address.
    package init(
        namespace: Namespace, name: String = "", labels: Labels, addresses: [IPAddress] = [],
        ports: [ContainerPort] = [], isHostNetwork: Bool = false, nodeName: String? = nil
    ) {
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.addresses = addresses
        self.ports = ports
        self.isHostNetwork = isHostNetwork
        self.nodeName = nodeName
        isNode = false
        isAPIServer = false
        names = []
    }

    /// An address outside of the cluster; or a node, or the API server. A party with a node's name is a node.
    package init(
        addresses: [IPAddress], nodeName: String? = nil, isNode: Bool = false, isAPIServer: Bool = false,
        names: [String] = []
    ) {
        namespace = nil
        name = ""
        labels = [:]
        self.addresses = addresses
        ports = []
        isHostNetwork = false
        self.nodeName = nodeName
        self.isNode = isNode || nodeName != nil
        self.isAPIServer = isAPIServer
        self.names = names
    }

    /// The pod as the API server lists it.
    package init(_ pod: Pod) {
        self.init(
            namespace: pod.namespace, name: pod.name, labels: pod.labels, addresses: pod.addresses, ports: pod.ports,
            isHostNetwork: pod.hostNetwork, nodeName: pod.nodeName.isEmpty ? nil : pod.nodeName)
    }

    /// True for a pod that policies can select, as subject or as peer.
    ///
    /// For host-network pods the documentation leaves it open; commonly, and here, they are but their node's address.
    package var isSelectable: Bool { namespace != nil && !isHostNetwork }
}

extension NetworkParty {
    /// True if traffic of this party has a node's address: a node, or a host-network pod.
    var isOnHost: Bool { namespace == nil ? isNode : isHostNetwork }

    /// True for what has no identity in the cluster: neither pod nor node nor API server.
    var isOutside: Bool { namespace == nil && !isNode && !isAPIServer }

    /// True if this party is the node that runs the pod, or shares that node's network.
    func isOwnNode(of pod: NetworkParty) -> Bool {
        guard let nodeName, isOnHost, pod.isSelectable else { return false }
        return nodeName == pod.nodeName
    }

    /// True if both are one pod: by name where both have one, else by a common address.
    func isSamePod(as other: NetworkParty) -> Bool {
        guard isSelectable, other.isSelectable, namespace == other.namespace else { return false }
        if !name.isEmpty, !other.name.isEmpty { return name == other.name }
        return addresses.contains { other.addresses.contains($0) }
    }

    /// The names that the pod gives to a port number. Empty for what no policy can select.
    func portNames(_ protocol: NetworkProtocol, _ port: Port) -> [String] {
        guard isSelectable else { return [] }
        return ports.filter { $0.number == port && $0.protocol == `protocol` && !$0.name.isEmpty }.map(\.name)
    }
}
