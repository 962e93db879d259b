import Domain

/// Reads NetworkPolicies.
///
/// A malformed part drops the whole policy: without one peer, a list of peers could become empty and mean everyone.
enum NetworkPolicyReader {
    static func policy(_ object: ParsedObject) throws(Malformed) -> NetworkPolicy {
        let spec = object.body["spec"] ?? .null
        var types: [NetworkPolicy.PolicyType] = []
        for text in spec.texts("policyTypes") {
            guard let type = NetworkPolicy.PolicyType(rawValue: text) else {
                throw Malformed("a policy type is unknown")
            }
            types.append(type)
        }
        return NetworkPolicy(
            namespace: object.namespace, name: object.name,
            labels: try object.body["metadata"]?.labels("labels") ?? [:],
            podSelector: try spec.labelSelector("podSelector") ?? LabelSelector(), policyTypes: types,
            ingress: try rules(spec, "ingress", peers: "from"), egress: try rules(spec, "egress", peers: "to"))
    }

    private static func rules(
        _ spec: JSONValue, _ direction: String, peers key: String
    ) throws(Malformed) -> [NetworkPolicy.Rule] {
        var rules: [NetworkPolicy.Rule] = []
        for item in spec.items(direction) {
            guard case .object = item else { throw Malformed("a rule is malformed") }
            var peers: [NetworkPolicy.Peer] = []
            for value in item.items(key) { peers.append(try peer(value)) }
            var ports: [NetworkPolicy.PolicyPort] = []
            for value in item.items("ports") { ports.append(try port(value)) }
            rules.append(NetworkPolicy.Rule(peers: peers, ports: ports))
        }
        return rules
    }

    private static func peer(_ value: JSONValue) throws(Malformed) -> NetworkPolicy.Peer {
        let pods = try value.labelSelector("podSelector")
        let namespaces = try value.labelSelector("namespaceSelector")
        guard let block = value["ipBlock"] else {
            guard pods != nil || namespaces != nil else { throw Malformed("a peer names nobody") }
            return .pods(podSelector: pods, namespaceSelector: namespaces)
        }
        guard pods == nil, namespaces == nil else { throw Malformed("a peer has an ipBlock and a selector") }
        guard let range = block["cidr"]?.text.flatMap({ CIDR($0) }) else { throw Malformed("an ipBlock is malformed") }
        var exceptions: [CIDR] = []
        for text in block.texts("except") {
            guard let exception = CIDR(text) else { throw Malformed("an ipBlock's exception is malformed") }
            exceptions.append(exception)
        }
        return .ipBlock(range, except: exceptions)
    }

    private static func port(_ value: JSONValue) throws(Malformed) -> NetworkPolicy.PolicyPort {
        guard case .object = value else { throw Malformed("a port is malformed") }
        let port = try value.portValue("port")
        let end = try value.port("endPort")
        guard port != nil || value["port"] == nil else { throw Malformed("a port is 0 or empty") }
        if let end {
            guard case .number(let first) = port, first <= end else { throw Malformed("an endPort has no first port") }
        }
        return NetworkPolicy.PolicyPort(protocol: try value.transport(), port: port, endPort: end)
    }
}
