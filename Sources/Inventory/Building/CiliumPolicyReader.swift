import Domain

/// Reads CiliumNetworkPolicies (Cilium documentation, "Layer 3 Policies" to "Layer 7 Policies").
///
/// A policy that says anything that a `NetworkPolicy` cannot hold is refused whole: without a deny rule it would allow more,
/// and without an allow rule less, than people wrote.
enum CiliumPolicyReader {
    /// One policy for `spec`, and one for each of `specs`, all of the object's name.
    static func policies(_ object: ParsedObject) throws(Malformed) -> [NetworkPolicy] {
        let specs = (object.body["spec"].map { [$0] } ?? []) + object.body.items("specs")
        guard !specs.isEmpty else { throw Malformed("it has no spec") }
        var policies: [NetworkPolicy] = []
        for spec in specs { policies.append(try policy(object, spec)) }
        return policies
    }

    private static func policy(_ object: ParsedObject, _ spec: JSONValue) throws(Malformed) -> NetworkPolicy {
        try spec.allow(
            "endpointSelector", "ingress", "egress", "ingressDeny", "egressDeny", "enableDefaultDeny", "description",
            "labels", "log")
        guard spec.items("ingressDeny").isEmpty, spec.items("egressDeny").isEmpty else {
            throw Malformed("its deny rules cannot be judged")
        }
        guard let selector = spec["endpointSelector"] else { throw Malformed("it has no endpointSelector") }
        var types: [NetworkPolicy.PolicyType] = []
        if try isIsolated(spec, "ingress") { types.append(.ingress) }
        if try isIsolated(spec, "egress") { types.append(.egress) }
        guard !types.isEmpty else { throw Malformed("it has no rules, and isolates nothing") }
        return NetworkPolicy(
            dialect: .cilium, namespace: object.namespace, name: object.name,
            labels: try object.body["metadata"]?.labels("labels") ?? [:],
            podSelector: try CiliumSelectorReader(namespace: object.namespace).subject(selector), policyTypes: types,
            ingress: try rules(object, spec.items("ingress"), prefix: "from"),
            egress: try rules(object, spec.items("egress"), prefix: "to"))
    }

    /// A direction with rules is isolated unless `enableDefaultDeny` says otherwise, and one without if it says so.
    private static func isIsolated(_ spec: JSONValue, _ direction: String) throws(Malformed) -> Bool {
        let hasRules = !spec.items(direction).isEmpty
        guard let setting = spec["enableDefaultDeny"]?[direction]?.bool else { return hasRules }
        guard setting || !hasRules else { throw Malformed("rules without default deny cannot be judged") }
        return setting
    }

    private static func rules(
        _ object: ParsedObject, _ items: [JSONValue], prefix: String
    ) throws(Malformed) -> [NetworkPolicy.Rule] {
        var rules: [NetworkPolicy.Rule] = []
        for item in items {
            let peers = try CiliumPeerReader(namespace: object.namespace, prefix: prefix).peers(item)
            let ports = try CiliumPortReader.ports(item)
            // A rule that says nothing is there to isolate, and lets nobody pass.
            guard peers != nil || ports != nil else { continue }
            rules.append(
                NetworkPolicy.Rule(
                    peers: peers ?? [], ports: ports ?? [], readsNames: CiliumPortReader.readsNames(item)))
        }
        return rules
    }
}

extension JSONValue {
    /// Refuses an object with members beside those named.
    func allow(_ names: String...) throws(Malformed) { try allow(names) }

    /// Refuses an object with members beside those named.
    func allow(_ names: [String]) throws(Malformed) {
        guard case .object(let members) = self else { throw Malformed("a part of it is malformed") }
        guard let other = members.keys.filter({ !names.contains($0) }).min() else { return }
        // A key is anybody's text; one that is no identifier is not repeated.
        let isWord = other.utf8.allSatisfy { (97...122).contains($0 | 32) || (48...57).contains($0) }
        throw Malformed(isWord ? "its `\(other.prefix(40))` cannot be judged" : "it has members that cannot be judged")
    }
}
