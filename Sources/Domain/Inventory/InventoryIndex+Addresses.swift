extension InventoryIndex {
    /// The workload that an address belonged to between two moments.
    ///
    /// Only if every lease that touches the interval has one and the same owner; ambiguous if there are several owners,
    /// unknown if there is no lease.
    package func owner(of address: IPAddress, from first: Timestamp, to last: Timestamp) -> WorkloadMatch {
        let owners = leases.owners(of: address, from: first, to: last)
        guard let only = owners.first else { return .unknown }
        return owners.count == 1 ? known(only) : .ambiguous(owners)
    }

    /// The node with that address; nil if no node has it.
    package func node(at address: IPAddress) -> Node? { nodes[address] }

    /// True if the address is in a node's range for pods, whether or not a pod has it.
    package func isInPodRange(_ address: IPAddress) -> Bool { podRanges.contains(address) }

    /// The ranges of all nodes' pods, sorted, each once.
    package var podCIDRs: [CIDR] { podRanges.ranges }
}
