import Domain

/// Reads Nodes, and the nodes of Cilium's own address management; both of one name make one node.
struct NodeReader {
    private static let addressTypes: Set<String> = ["InternalIP", "ExternalIP", "CiliumInternalIP"]
    private var found: [String: (addresses: Set<IPAddress>, ranges: Set<CIDR>)] = [:]

    var nodes: [Node] {
        found.sorted { $0.key < $1.key }.map { name, node in
            Node(name: name, addresses: node.addresses.sorted(), podCIDRs: node.ranges.sorted())
        }
    }

    mutating func add(_ object: ParsedObject) throws(Malformed) {
        let spec = object.body["spec"] ?? .null
        var addresses: Set<IPAddress> = []
        for item in spec.items("addresses") + (object.body["status"]?.items("addresses") ?? [])
        where Self.addressTypes.contains(item["type"]?.text ?? "") {
            let key = object.kind == "core/Node" ? "address" : "ip"
            if let address = try item.address(key) { addresses.insert(address) }
        }
        let single = spec["podCIDR"]?.text.map { [$0] } ?? []
        var ranges: Set<CIDR> = []
        for text in single + spec.texts("podCIDRs") + (spec["ipam"]?.texts("podCIDRs") ?? []) where !text.isEmpty {
            ranges.insert(try Self.range(text))
        }
        found[object.name, default: ([], [])].addresses.formUnion(addresses)
        found[object.name, default: ([], [])].ranges.formUnion(ranges)
    }

    /// A range as wide as half the Internet would make every outside address look like a pod's.
    private static func range(_ text: String) throws(Malformed) -> CIDR {
        guard let range = CIDR(text) else { throw Malformed("a pod range is malformed") }
        guard range.length >= (range.address.isIPv4 ? 8 : 16) else { throw Malformed("a pod range is too wide") }
        return range
    }
}
