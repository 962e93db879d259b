/// A party that a network plugin knows as such, whatever its address is (Cilium documentation, "Entities based").
package enum NetworkEntity: String, Hashable, Sendable, Codable, CaseIterable {
    /// The API server, wherever it runs.
    case apiServer = "kube-apiserver"
    /// The node on which the selected pod runs, and the pods on its host network.
    case host
    /// Every other node, and the pods on their host networks.
    case remoteNode = "remote-node"
    /// Everything outside of the cluster.
    case world
}

extension NetworkEntity: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
