import Domain

/// Endpoint addresses, ready or not, by Service and by the ports they serve.
struct EndpointReader {
    private var slices: [ObjectKey: [[ContainerPort]: Set<IPAddress>]] = [:]
    private var legacy: [ObjectKey: [[ContainerPort]: Set<IPAddress>]] = [:]

    /// The groups of each Service: from its EndpointSlices, or from Endpoints where it has no slice.
    var groups: [ObjectKey: [EndpointGroup]] {
        legacy.merging(slices) { _, slices in slices }.mapValues { groups in
            groups.filter { !$0.value.isEmpty }.map { ports, addresses in
                EndpointGroup(addresses: addresses.sorted(), ports: ports)
            }.sorted(by: Self.precedes)
        }
    }

    mutating func add(slice: ParsedObject) throws(Malformed) {
        guard let service = slice.body["metadata"]?["labels"]?["kubernetes.io/service-name"]?.text,
            slice.body["addressType"]?.text != "FQDN"
        else { return }
        var addresses: Set<IPAddress> = []
        for endpoint in slice.body.items("endpoints") { addresses.formUnion(try endpoint.addresses("addresses")) }
        let ports = try Self.ports(slice.body)
        slices[ObjectKey(slice.namespace, service), default: [:]][ports, default: []].formUnion(addresses)
    }

    mutating func add(endpoints: ParsedObject) throws(Malformed) {
        for subset in endpoints.body.items("subsets") {
            var addresses: Set<IPAddress> = []
            for item in subset.items("addresses") + subset.items("notReadyAddresses") {
                if let address = try item.address("ip") { addresses.insert(address) }
            }
            legacy[endpoints.key, default: [:]][try Self.ports(subset), default: []].formUnion(addresses)
        }
    }

    /// A port without a number stands for all ports of a headless Service and says nothing here.
    private static func ports(_ value: JSONValue) throws(Malformed) -> [ContainerPort] {
        var ports: Set<ContainerPort> = []
        for item in value.items("ports") {
            guard let number = try item.port("port") else { continue }
            ports.insert(
                ContainerPort(name: item["name"]?.text ?? "", number: number, protocol: try item.transport()))
        }
        return ports.sorted { ($0.number, $0.protocol, $0.name) < ($1.number, $1.protocol, $1.name) }
    }

    private static func precedes(_ left: EndpointGroup, _ right: EndpointGroup) -> Bool {
        if left.addresses != right.addresses { return left.addresses.lexicographicallyPrecedes(right.addresses) }
        func key(_ port: ContainerPort) -> String { "\(port.number) \(port.protocol.name) \(port.name)" }
        return left.ports.map(key).lexicographicallyPrecedes(right.ports.map(key))
    }
}
