import Domain

/// One side of the grid: somebody who may connect, with all that a policy could name them by.
struct TruthParty: Hashable {
    /// How tables of differences call it; unique in its case.
    let name: String
    /// Nil for whatever is no pod.
    var namespace: Namespace?
    var labels: Labels = [:]
    /// Of no pod: rules for pods are by labels, and a pod's address is nobody's for long.
    var address: IPAddress?
    /// The DNS names and the Services that stand for the address.
    var hostNames: Set<String> = []
    var services: Set<String> = []
    /// What a network plugin takes it for; nil for pods.
    var entity: NetworkEntity?

    static func pod(_ namespace: String, _ name: String, _ labels: Labels) -> TruthParty {
        TruthParty(name: name, namespace: Namespace(namespace), labels: labels)
    }

    /// Something outside of the cluster.
    static func outside(_ address: IPAddress, names: Set<String> = [], services: Set<String> = []) -> TruthParty {
        TruthParty(
            name: address.description, address: address, hostNames: names, services: services, entity: .world)
    }

    /// A pod that no record and no golden knows.
    static func bystander(in namespace: Namespace) -> TruthParty {
        .pod(namespace.rawValue, "bystander@\(namespace)", ["truth": "bystander"])
    }

    /// Documentation addresses (RFC 5737), which no input uses.
    static let stranger = TruthParty.outside(IPAddress(ipv4: 0xC633_6407))

    /// The pods that clusters run their DNS on, by the labels of upstream's manifests.
    static let resolver = TruthParty.pod("kube-system", "kube-dns", ["k8s-app": "kube-dns"])

    /// A host that has the name, at an address that no record showed.
    static func elsewhere(_ hostName: String) -> TruthParty {
        TruthParty(
            name: "\(hostName) elsewhere", address: IPAddress(ipv4: 0xCB00_7109), hostNames: [hostName],
            entity: .world)
    }

    /// A node, or another party of a plugin's own, at an address that no record showed.
    static func elsewhere(_ entity: NetworkEntity) -> TruthParty {
        TruthParty(name: "\(entity.rawValue) elsewhere", address: IPAddress(ipv4: 0xCB00_7109), entity: entity)
    }
}

/// A port of the grid.
struct TruthPort: Hashable, Comparable, CustomStringConvertible {
    let `protocol`: NetworkProtocol
    let number: UInt16

    static func tcp(_ number: UInt16) -> TruthPort { TruthPort(protocol: .tcp, number: number) }
    static func udp(_ number: UInt16) -> TruthPort { TruthPort(protocol: .udp, number: number) }

    /// One that no input and no golden names.
    static let unnamed = TruthPort.tcp(61_234)

    var description: String { "\(`protocol`.name)/\(number)" }

    static func < (left: Self, right: Self) -> Bool { (left.protocol, left.number) < (right.protocol, right.number) }
}
