import Domain

/// Policies of every dialect in the forms in which learned ones are, with labels of awkward but valid text.
struct RandomPolicies {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func policy(_ dialect: PolicyDialect) -> NetworkPolicy {
        let types: [NetworkPolicy.PolicyType] = pick([[.ingress], [.egress], [.ingress, .egress]])
        return NetworkPolicy(
            dialect: dialect, namespace: Namespace("shop"), name: "leastwise-deployment-web",
            labels: GeneratedName.labels, podSelector: LabelSelector(matchLabels: labels()), policyTypes: types,
            ingress: types.contains(.ingress) ? rules(dialect, .ingress) : [],
            egress: types.contains(.egress) ? rules(dialect, .egress) : [])
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }

    private mutating func some<Element>(_ range: ClosedRange<Int>, _ make: (inout Self) -> Element) -> [Element] {
        (0..<Int.random(in: range, using: &generator)).map { _ in make(&self) }
    }

    private mutating func labels() -> Labels {
        Dictionary(
            some(1...3) {
                (
                    $0.pick(["app", "app.kubernetes.io/name", "in", "not", "has", "example.com/a_b", "true", "1"]),
                    $0.pick(["web", "true", "1.10", "null", "a.b_c-d", "", "0x1f", "yes"])
                )
            }
        ) { $1 }
    }

    private mutating func rules(
        _ dialect: PolicyDialect, _ direction: NetworkPolicy.PolicyType
    ) -> [NetworkPolicy.Rule] {
        some(0...3) { policies in
            let readsNames = dialect.hasNames && direction == .egress && policies.pick([true, false])
            return NetworkPolicy.Rule(
                peers: policies.some(1...4) { $0.peer(dialect, direction) },
                ports: policies.some(1...4) { $0.port(readsNames ? .kubernetes : dialect) }, readsNames: readsNames)
        }
    }

    private mutating func peer(_ dialect: PolicyDialect, _ direction: NetworkPolicy.PolicyType) -> NetworkPolicy.Peer {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where dialect.hasEntities: return .entity(pick(NetworkEntity.allCases))
        case 1 where dialect.hasNames && direction == .egress:
            return .name(pick(["api.example.com", "*.s3.example.com", "_srv.a-b.test", "*"]))
        case 2: return range()
        case 3: return .pods(podSelector: nil, namespaceSelector: namespaces())
        case 4: return .pods(podSelector: LabelSelector(matchLabels: labels()), namespaceSelector: namespaces())
        default: return .pods(podSelector: LabelSelector(matchLabels: labels()), namespaceSelector: nil)
        }
    }

    private mutating func namespaces() -> LabelSelector {
        let name = GeneratedName.namespaceLabel
        return pick([
            LabelSelector(matchLabels: [name: "kube-system"]), LabelSelector(matchLabels: [name: "data", "team": "x"]),
            LabelSelector(matchLabels: ["team": "x"]),
            LabelSelector(matchExpressions: [.init(key: name, operator: .exists)]),
            LabelSelector(matchExpressions: [.init(key: name, operator: .in, values: ["a", "b"])]),
        ])
    }

    private mutating func range() -> NetworkPolicy.Peer {
        let address = pick([
            IPAddress(ipv4: UInt32.random(in: 1 << 24...UInt32.max, using: &generator)),
            IPAddress(high: 0x2001_0db8 << 32, low: UInt64.random(in: 0...UInt64.max, using: &generator)),
        ])
        guard let range = CIDR(address, length: address.width - pick([0, 8, 16])) else { return .name("") }
        return .ipBlock(range, except: range.length < address.width ? pick([[], [CIDR(host: address)]]) : [])
    }

    private mutating func port(_ dialect: PolicyDialect) -> NetworkPolicy.PolicyPort {
        let transport = pick([NetworkProtocol.tcp, .udp, .sctp])
        let first = Port(UInt16.random(in: 1...60000, using: &generator))
        switch Int.random(in: 0..<5, using: &generator) {
        case 0 where dialect.hasICMP: return .init(protocol: pick([.icmpv4, .icmpv6]), port: nil)
        case 1: return .init(protocol: transport, port: .name(pick(["http", "dns-tcp", "8080-web"])))
        case 2: return .init(protocol: transport, port: .number(first), endPort: Port(first.rawValue + 100))
        default: return .init(protocol: transport, port: .number(first))
        }
    }
}
