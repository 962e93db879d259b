import Domain

/// Reads NetworkPolicies and StagedNetworkPolicies of Calico, as its API and as its custom resources have them.
///
/// A policy that says anything that a `NetworkPolicy` cannot hold is refused whole: rules of Calico are ordered, and without
/// one the others mean something else.
enum CalicoPolicyReader {
    /// Nil for what is no policy of its own: the counterpart that Calico's API shows of a Kubernetes NetworkPolicy, and the
    /// preview of a deletion.
    static func policy(_ object: ParsedObject) throws(Malformed) -> NetworkPolicy? {
        guard !object.name.hasPrefix("knp.default.") else { return nil }
        let spec = object.body["spec"] ?? .object([:])
        try spec.allow(
            "selector", "types", "tier", "order", "stagedAction", "serviceAccountSelector", "performanceHints",
            "ingress",
            "egress")
        let action = spec["stagedAction"]?.text ?? "Set"
        guard action == "Set" else { return nil }
        guard ["", "default"].contains(spec["tier"]?.text ?? "") else { throw Malformed("it is in a tier of its own") }
        guard (spec["serviceAccountSelector"]?.text ?? "").isEmpty else {
            throw Malformed("it selects by service account")
        }
        return NetworkPolicy(
            dialect: object.kindName.hasPrefix("Staged") ? .calicoStaged : .calico, namespace: object.namespace,
            name: name(object), labels: try object.body["metadata"]?.labels("labels") ?? [:],
            podSelector: try CalicoSelectorReader.pods(spec["selector"]?.text ?? ""), policyTypes: try types(spec),
            ingress: try rules(spec.items("ingress"), peer: "source", other: "destination"),
            egress: try rules(spec.items("egress"), peer: "destination", other: "source"))
    }

    /// Before Calico 3.32 custom resources had the default tier in front of the name that the API shows.
    private static func name(_ object: ParsedObject) -> String {
        let isStored = object.kind.hasPrefix("crd.") && object.name.hasPrefix("default.")
        return isStored ? String(object.name.dropFirst("default.".count)) : object.name
    }

    /// Other than in Kubernetes, egress rules alone isolate egress alone (Calico reference, "Network policy", `types`).
    private static func types(_ spec: JSONValue) throws(Malformed) -> [NetworkPolicy.PolicyType] {
        let written = spec.texts("types")
        guard written.isEmpty else {
            var types: [NetworkPolicy.PolicyType] = []
            for text in written {
                guard let type = NetworkPolicy.PolicyType(rawValue: text) else {
                    throw Malformed("a policy type is unknown")
                }
                types.append(type)
            }
            return types
        }
        guard !spec.items("egress").isEmpty else { return [.ingress] }
        return spec.items("ingress").isEmpty ? [.egress] : [.ingress, .egress]
    }

    private static func rules(
        _ items: [JSONValue], peer: String, other: String
    ) throws(Malformed) -> [NetworkPolicy.Rule] {
        var rules: [NetworkPolicy.Rule] = []
        for item in items {
            try item.allow("action", "protocol", "icmp", "source", "destination", "metadata")
            guard item["action"]?.text == "Allow" else { throw Malformed("only rules that allow can be judged") }
            let isIngress = peer == "source"
            let side = item[peer] ?? .object([:])
            let opposite = item[other] ?? .object([:])
            try side.allow(["selector", "namespaceSelector", "nets", "notNets"] + (isIngress ? [] : ["ports"]))
            try opposite.allow(isIngress ? ["ports"] : [])
            let ports = try CalicoPortReader.ports(item, (isIngress ? opposite : side).items("ports"))
            rules.append(NetworkPolicy.Rule(peers: try peers(side), ports: ports))
        }
        return rules
    }

    /// Everyone if it says nothing; otherwise all that it says has to match.
    private static func peers(_ side: JSONValue) throws(Malformed) -> [NetworkPolicy.Peer] {
        let pods = side["selector"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        let namespaces = side["namespaceSelector"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        let ranges = try Self.ranges(side.texts("nets"))
        let exceptions = try Self.ranges(side.texts("notNets"))
        guard pods != nil || namespaces != nil else {
            guard !ranges.isEmpty || exceptions.isEmpty else { throw Malformed("a rule has only excepted ranges") }
            return ranges.map { range in .ipBlock(range, except: exceptions.filter(range.contains)) }
        }
        guard ranges.isEmpty, exceptions.isEmpty else { throw Malformed("a rule has both a selector and ranges") }
        return [
            .pods(
                podSelector: try pods.map { (text) throws(Malformed) in try CalicoSelectorReader.pods(text) },
                namespaceSelector: try namespaces.map { (text) throws(Malformed) in
                    try CalicoSelectorReader.namespaces(text)
                })
        ]
    }

    private static func ranges(_ texts: [String]) throws(Malformed) -> [CIDR] {
        var ranges: [CIDR] = []
        for text in texts {
            guard let range = CIDR(text) ?? IPAddress(text).map({ CIDR(host: $0) }) else {
                throw Malformed("an address range is malformed")
            }
            ranges.append(range)
        }
        return ranges
    }
}
