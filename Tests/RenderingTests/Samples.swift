import Domain
import Testing

/// Short forms for policies of every dialect.
enum Sample {
    typealias Rule = NetworkPolicy.Rule
    typealias Peer = NetworkPolicy.Peer
    typealias PolicyPort = NetworkPolicy.PolicyPort

    static func policy(
        _ dialect: PolicyDialect, types: [NetworkPolicy.PolicyType] = [.ingress, .egress], ingress: [Rule] = [],
        egress: [Rule] = []
    ) -> NetworkPolicy {
        NetworkPolicy(
            dialect: dialect, namespace: Namespace("shop"), name: "web", podSelector: selector(["app": "web"]),
            policyTypes: types, ingress: ingress, egress: egress)
    }

    static func selector(_ labels: Labels) -> LabelSelector { LabelSelector(matchLabels: labels) }

    static func pods(_ app: String, in namespace: String? = nil) -> Peer {
        .pods(
            podSelector: selector(["app": app]),
            namespaceSelector: namespace.map { selector(["kubernetes.io/metadata.name": $0]) })
    }

    static let everyNamespace = Peer.pods(
        podSelector: nil,
        namespaceSelector: LabelSelector(
            matchExpressions: [.init(key: "kubernetes.io/metadata.name", operator: .exists)]))

    static func block(_ range: String, except: [String] = []) throws -> Peer {
        .ipBlock(try #require(CIDR(range)), except: try except.map { try #require(CIDR($0)) })
    }

    static func tcp(_ port: UInt16, end: UInt16? = nil) -> PolicyPort {
        .init(protocol: .tcp, port: .number(Port(port)), endPort: end.map { Port($0) })
    }

    static func udp(_ port: UInt16) -> PolicyPort { .init(protocol: .udp, port: .number(Port(port))) }

    static let ping = PolicyPort(protocol: .icmpv4, port: nil)
    static let ping6 = PolicyPort(protocol: .icmpv6, port: nil)
}
