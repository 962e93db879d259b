package import Domain

/// A resolved side of a connection: something that a policy can select or name.
package enum Party: Hashable, Sendable {
    case workload(WorkloadID)
    /// Outside of the cluster.
    case outside(IPAddress)
    case apiServer(IPAddress)
    /// A node, or a pod on the host network.
    case node(IPAddress)
}

extension Party: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.workload(let a), .workload(let b)): a < b
        case (.outside(let a), .outside(let b)): a < b
        case (.apiServer(let a), .apiServer(let b)): a < b
        case (.node(let a), .node(let b)): a < b
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .workload: 0
        case .apiServer: 1
        case .node: 2
        case .outside: 3
        }
    }
}

extension Party: CustomStringConvertible {
    package var description: String {
        switch self {
        case .workload(let id): id.description
        case .outside(let address): address.description
        case .apiServer(let address): "the API server (\(address))"
        case .node(let address): "a node (\(address))"
        }
    }

    enum Kind: Hashable {
        case workload, apiServer, node, outside
    }

    var kind: Kind {
        switch self {
        case .workload: .workload
        case .apiServer: .apiServer
        case .node: .node
        case .outside: .outside
        }
    }

    /// The address; nil for a workload.
    var address: IPAddress? {
        switch self {
        case .workload: nil
        case .outside(let address), .apiServer(let address), .node(let address): address
        }
    }

    /// The workload; nil for other parties.
    package var workload: WorkloadID? {
        if case .workload(let id) = self { id } else { nil }
    }
}
