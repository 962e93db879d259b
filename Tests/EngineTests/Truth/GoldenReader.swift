import Domain
import Foundation
import Yams

/// Reads expected policies of other projects: CiliumNetworkPolicy, NetworkPolicy, and lists of them.
///
/// Own code, so that the program's readers are not judged by themselves. Whatever it does not know is an error: a
/// golden must not be compared by half.
enum GoldenReader {
    struct Unknown: Error {
        let what: String
    }

    typealias Object = [String: Any]

    static func policies(yaml: String) throws -> [TruthPolicy] {
        try Yams.load_all(yaml: yaml).compactMap { $0 as? Object }.flatMap { try policies($0) }
    }

    static func policies(_ object: Object) throws -> [TruthPolicy] {
        switch object["kind"] as? String {
        case "NetworkPolicyList": return try objects(object["items"]).flatMap { try policies($0) }
        case "NetworkPolicy": return [try kubernetes(object)]
        case "CiliumNetworkPolicy": return [try cilium(object)]
        default: throw Unknown(what: "\(object["kind"] ?? "an object without a kind")")
        }
    }

    // MARK: - networking.k8s.io/v1

    private static func kubernetes(_ object: Object) throws -> TruthPolicy {
        let spec = self.object(object["spec"])
        let namespace = namespace(of: object)
        var policy = TruthPolicy(namespace: namespace, subject: try selector(spec["podSelector"]))
        for type in spec["policyTypes"] as? [String] ?? [] {
            let isIngress = type == "Ingress"
            let rules = try objects(spec[isIngress ? "ingress" : "egress"]).map { rule in
                TruthPolicy.Rule(
                    peers: try (rule[isIngress ? "from" : "to"] as? [Any]).map {
                        try objects($0).map { try peer($0, in: namespace) }
                    }, ports: try (rule["ports"] as? [Any]).map { try objects($0).flatMap(range) })
            }
            policy.rules[isIngress ? .ingress : .egress] = rules
        }
        return policy
    }

    private static func peer(_ peer: Object, in namespace: Namespace) throws -> TruthPolicy.Peer {
        if let block = peer["ipBlock"] {
            let fields = object(block)
            return .block(
                try cidr(fields["cidr"]), except: try (fields["except"] as? [Any] ?? []).map { try cidr($0) })
        }
        let pods = try selector(peer["podSelector"] ?? Object())
        guard let namespaces = peer["namespaceSelector"] else { return .pods(pods, in: namespace) }
        return .podsAnywhere(pods, namespaces: try selector(namespaces))
    }

    // MARK: - cilium.io/v2

    private static let ciliumRuleFields: Set = [
        "toEndpoints", "toCIDR", "toFQDNs", "toEntities", "toServices", "toPorts", "fromEndpoints", "fromCIDR",
        "fromEntities",
    ]

    private static func cilium(_ object: Object) throws -> TruthPolicy {
        let spec = self.object(object["spec"])
        let namespace = namespace(of: object)
        let subject = try endpoint(spec["endpointSelector"], in: namespace)
        var policy = TruthPolicy(namespace: namespace, subject: subject.selector)
        for direction in TruthPolicy.Direction.allCases {
            guard let rules = spec[direction.rawValue] else { continue }
            policy.rules[direction] = try objects(rules).map { rule in
                guard let unknown = rule.keys.first(where: { !ciliumRuleFields.contains($0) }) else {
                    return try ciliumRule(rule, in: namespace)
                }
                throw Unknown(what: unknown)
            }
        }
        return policy
    }

    private static func ciliumRule(_ rule: Object, in namespace: Namespace) throws -> TruthPolicy.Rule {
        var peers: [TruthPolicy.Peer] = []
        for side in ["to", "from"] {
            peers += try objects(rule[side + "Endpoints"]).map {
                let found = try endpoint($0, in: namespace)
                return .pods(found.selector, in: found.namespace)
            }
            peers += try (rule[side + "CIDR"] as? [Any] ?? []).map { .block(try cidr($0), except: []) }
            peers += (rule[side + "Entities"] as? [String] ?? []).map { .entity($0) }
        }
        peers += try objects(rule["toFQDNs"]).map {
            guard let name = ($0["matchName"] ?? $0["matchPattern"]) as? String else { throw Unknown(what: "toFQDNs") }
            return .name(name)
        }
        peers += objects(rule["toServices"]).map {
            let service = object($0["k8sService"])
            return .service("\(service["namespace"] ?? "")/\(service["serviceName"] ?? "")")
        }
        // HTTP and DNS rules narrow what may be said on a port: reachability, as compared here, ends below them.
        let ports = try (rule["toPorts"] as? [Any]).map {
            try objects($0).flatMap { try objects($0["ports"]).flatMap(range) }
        }
        return TruthPolicy.Rule(peers: peers.isEmpty ? nil : peers, ports: ports)
    }

    /// Cilium's own labels are no labels of pods: the namespace is one of them.
    private static func endpoint(_ value: Any?, in own: Namespace) throws -> (
        selector: LabelSelector, namespace: Namespace
    ) {
        var found = try selector(value)
        var namespace = own
        found.matchLabels = Labels(
            uniqueKeysWithValues: found.matchLabels.compactMap { key, value in
                let plain = key.hasPrefix("k8s:") ? String(key.dropFirst(4)) : key
                guard plain == "io.kubernetes.pod.namespace" else { return (plain, value) }
                namespace = Namespace(value)
                return nil
            })
        return (found, namespace)
    }

    // MARK: - Both

    static func object(_ value: Any?) -> Object { value as? Object ?? [:] }

    static func objects(_ value: Any?) -> [Object] { (value as? [Any] ?? []).map { object($0) } }

    /// `kubectl apply` puts what names no namespace into `default`.
    static func namespace(of object: Object) -> Namespace {
        Namespace(self.object(object["metadata"])["namespace"] as? String ?? "default")
    }

    private static func selector(_ value: Any?) throws -> LabelSelector {
        guard let fields = value as? Object else { throw Unknown(what: "a selector") }
        let expressions = try objects(fields["matchExpressions"]).map { requirement in
            guard let key = requirement["key"] as? String,
                let word = LabelSelector.Operator(rawValue: requirement["operator"] as? String ?? "")
            else { throw Unknown(what: "matchExpressions") }
            return LabelSelector.Requirement(
                key: key, operator: word, values: requirement["values"] as? [String] ?? [])
        }
        let labels = object(fields["matchLabels"]).compactMapValues { $0 as? String }
        return LabelSelector(matchLabels: labels, matchExpressions: expressions)
    }

    private static func range(_ port: Object) throws -> [TruthPolicy.PortRange] {
        let first = (port["port"] as? Int) ?? (port["port"] as? String).flatMap { Int($0) }
        guard let first, let number = UInt16(exactly: first) else { throw Unknown(what: "\(port)") }
        let last = (port["endPort"] as? Int).flatMap { UInt16(exactly: $0) } ?? number
        let name = port["protocol"] as? String ?? "TCP"
        let protocols = name == "ANY" ? [.tcp, .udp, .sctp] : [NetworkProtocol(name: name)].compactMap { $0 }
        guard !protocols.isEmpty else { throw Unknown(what: name) }
        return protocols.map { .init(protocol: $0, first: number, last: last) }
    }

    private static func cidr(_ value: Any?) throws -> CIDR {
        guard let text = value as? String, let range = CIDR(text) else { throw Unknown(what: "\(value ?? "no CIDR")") }
        return range
    }
}
