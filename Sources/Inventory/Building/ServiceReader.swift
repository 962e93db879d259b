import Domain

/// Reads Services and joins them with their endpoints and routes.
struct ServiceReader {
    let endpoints: [ObjectKey: [EndpointGroup]]
    let routed: Set<ObjectKey>

    func service(_ object: ParsedObject) throws(Malformed) -> Service {
        let spec = object.body["spec"] ?? .null
        guard let type = Service.Kind(rawValue: spec["type"]?.text ?? "ClusterIP") else {
            throw Malformed("its type is unknown")
        }
        var ports: [ServicePort] = []
        for item in spec.items("ports") { ports.append(try Self.port(item)) }
        return Service(
            namespace: object.namespace, name: object.name, type: type,
            clusterAddresses: type == .externalName ? [] : try Self.clusterAddresses(spec),
            externalAddresses: try Self.externalAddresses(object.body),
            selector: type == .externalName ? [:] : try spec.labels("selector"),
            ports: ports.sorted { ($0.port, $0.protocol, $0.name) < ($1.port, $1.protocol, $1.name) },
            externalName: type == .externalName ? spec["externalName"]?.text ?? "" : "",
            endpoints: endpoints[object.key] ?? [], isRouted: routed.contains(object.key),
            sourceRanges: type == .loadBalancer ? try Self.sourceRanges(object.body) : [])
    }

    private static func clusterAddresses(_ spec: JSONValue) throws(Malformed) -> [IPAddress] {
        var addresses = Set(try spec.addresses("clusterIPs"))
        if let address = try spec.address("clusterIP") { addresses.insert(address) }
        return addresses.sorted()
    }

    private static func externalAddresses(_ body: JSONValue) throws(Malformed) -> [IPAddress] {
        var addresses = Set(try body["spec"]?.addresses("externalIPs") ?? [])
        for item in body["status"]?["loadBalancer"]?.items("ingress") ?? [] {
            if let address = try item.address("ip") { addresses.insert(address) }
        }
        return addresses.sorted()
    }

    /// Without a malformed range the others could be none, which means everyone: the Service is refused.
    private static func sourceRanges(_ body: JSONValue) throws(Malformed) -> [CIDR] {
        let annotation = body["metadata"]?["annotations"]?[Shape.sourceRangesAnnotation]?.text ?? ""
        let written = body["spec"]?.texts("loadBalancerSourceRanges") ?? []
        let texts = written.isEmpty ? annotation.split(separator: ",").map(String.init) : written
        var ranges: Set<CIDR> = []
        for text in texts {
            guard let range = CIDR(text.filter { $0 != " " }) else {
                throw Malformed("a source range of its load balancer is malformed")
            }
            ranges.insert(range)
        }
        return ranges.sorted()
    }

    private static func port(_ item: JSONValue) throws(Malformed) -> ServicePort {
        guard let port = try item.port("port") else { throw Malformed("a port has no number") }
        let nodePort = item["nodePort"] == .integer(0) ? nil : try item.port("nodePort")
        return ServicePort(
            name: item["name"]?.text ?? "", protocol: try item.transport(), port: port,
            target: try item.portValue("targetPort") ?? .number(port), nodePort: nodePort)
    }
}
