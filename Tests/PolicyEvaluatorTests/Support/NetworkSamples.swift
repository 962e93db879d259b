import Domain
import PolicyEvaluator

/// Short forms for building policies and parties in tests.
enum Sample {
    static func selector(_ labels: Labels) -> LabelSelector { LabelSelector(matchLabels: labels) }

    static func expression(
        _ key: String, _ operator: LabelSelector.Operator, _ values: [String] = []
    ) -> LabelSelector {
        LabelSelector(matchExpressions: [.init(key: key, operator: `operator`, values: values)])
    }

    static func tcp(_ port: UInt16, end: UInt16? = nil) -> NetworkPolicy.PolicyPort {
        .init(protocol: .tcp, port: .number(Port(port)), endPort: end.map { Port($0) })
    }

    static func named(_ name: String, _ protocol: NetworkProtocol = .tcp) -> NetworkPolicy.PolicyPort {
        .init(protocol: `protocol`, port: .name(name))
    }

    static func block(_ range: String, except: [String] = []) throws -> NetworkPolicy.Peer {
        .ipBlock(try cidr(range), except: try except.map(cidr))
    }

    static func cidr(_ text: String) throws -> CIDR {
        guard let parsed = CIDR(text) else { throw Malformed(text: text) }
        return parsed
    }

    static func address(_ text: String) throws -> IPAddress {
        guard let parsed = IPAddress(text) else { throw Malformed(text: text) }
        return parsed
    }

    /// A policy of namespace `shop` for pods with `app: web`.
    static func policy(
        _ name: String = "web", types: [NetworkPolicy.PolicyType] = [], ingress: [NetworkPolicy.Rule] = [],
        egress: [NetworkPolicy.Rule] = []
    ) -> NetworkPolicy {
        NetworkPolicy(
            namespace: Namespace("shop"), name: name, podSelector: selector(["app": "web"]), policyTypes: types,
            ingress: ingress, egress: egress)
    }

    /// A pod named after its namespace and label `app`, at one address.
    static func pod(
        _ namespace: String, _ app: String, _ address: String = "10.0.0.1", ports: [ContainerPort] = [],
        hostNetwork: Bool = false, node: String? = nil
    ) throws -> NetworkParty {
        NetworkParty(
            namespace: Namespace(namespace), name: "\(app)-0", labels: ["app": app],
            addresses: [try self.address(address)], ports: ports, isHostNetwork: hostNetwork, nodeName: node)
    }

    static func outside(_ address: String, node: String? = nil) throws -> NetworkParty {
        NetworkParty(addresses: [try self.address(address)], nodeName: node)
    }

    struct Malformed: Error {
        let text: String
    }
}

extension NetworkEvaluator {
    /// The verdict on a TCP connection with the policies of namespace `shop` and a peer namespace `team=ops`.
    static func judge(
        _ policies: [NetworkPolicy], _ source: NetworkParty, _ destination: NetworkParty, _ port: UInt16 = 80,
        protocol: NetworkProtocol = .tcp
    ) -> NetworkVerdict {
        let evaluator = NetworkEvaluator(
            policies: policies, namespaces: [Namespace("shop"): ["team": "web"], Namespace("ops"): ["team": "ops"]])
        return evaluator.verdict(
            ConnectionAttempt(source: source, destination: destination, protocol: `protocol`, port: Port(port)))
    }
}
