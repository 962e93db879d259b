import Domain
import PolicyEvaluator

/// SplitMix64: the same cluster for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// A small cluster with policies of every shape, so that a few hundred seeds meet all combinations.
struct RandomCluster {
    private(set) var generator: SeededGenerator
    private(set) var policies: [NetworkPolicy] = []
    private(set) var parties: [NetworkParty] = []
    let namespaces = [
        Namespace("a"): ["tier": "x"], Namespace("b"): ["tier": "y", "open": "yes"], Namespace("c"): [:],
    ]

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
        parties = (0..<Int.random(in: 2...9, using: &generator)).map { party($0) }
        policies = (0..<Int.random(in: 0...6, using: &generator)).map { policy($0) }
    }

    mutating func probe() -> PortProbe {
        PortProbe(protocol: pick([.tcp, .udp]), port: Port(pick([80, 81, 90])))
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }

    private mutating func some<Element>(_ most: Int, _ make: (inout Self) -> Element) -> [Element] {
        (0..<Int.random(in: 0...most, using: &generator)).map { _ in make(&self) }
    }

    private mutating func labels() -> Labels {
        Dictionary(some(3) { ($0.pick(["app", "role"]), $0.pick(["1", "2"])) }) { $1 }
    }

    private mutating func selector() -> LabelSelector {
        let operators: [LabelSelector.Operator] = [.in, .notIn, .exists, .doesNotExist]
        let expressions = some(1) { cluster in
            let chosen = cluster.pick(operators)
            let takesValues = chosen == .in || chosen == .notIn
            return LabelSelector.Requirement(
                key: cluster.pick(["app", "role", "tier", "kubernetes.io/metadata.name"]), operator: chosen,
                values: takesValues ? [cluster.pick(["1", "x", "a"])] : [])
        }
        return LabelSelector(matchLabels: pick([[:], labels()]), matchExpressions: expressions)
    }

    private mutating func address(_ last: Int) -> IPAddress {
        pick([
            IPAddress(ipv4: 0x0a00_0000 | UInt32(last)), IPAddress(high: 0x2001_0db8_0000_0000, low: UInt64(last)),
        ])
    }

    private mutating func party(_ number: Int) -> NetworkParty {
        let addresses = pick([[address(number)], [address(number), address(number + 16)]])
        guard Int.random(in: 0..<5, using: &generator) > 0 else { return NetworkParty(addresses: addresses) }
        let ports = some(2) {
            ContainerPort(
                name: $0.pick(["http", "dns", ""]), number: Port($0.pick([80, 81])), protocol: $0.pick([.tcp, .udp]))
        }
        return NetworkParty(
            namespace: Namespace(pick(["a", "b", "c", "unknown"])), name: "pod-\(number)", labels: labels(),
            addresses: addresses, ports: ports, isHostNetwork: Int.random(in: 0..<6, using: &generator) == 0)
    }

    private mutating func policy(_ number: Int) -> NetworkPolicy {
        NetworkPolicy(
            namespace: Namespace(pick(["a", "b", "c"])), name: "policy-\(number)", podSelector: selector(),
            policyTypes: pick([[], [.ingress], [.egress], [.ingress, .egress]]), ingress: some(2) { $0.rule() },
            egress: some(2) { $0.rule() })
    }

    private mutating func rule() -> NetworkPolicy.Rule {
        NetworkPolicy.Rule(peers: some(2) { $0.peer() }, ports: some(2) { $0.port() })
    }

    private mutating func peer() -> NetworkPolicy.Peer {
        guard Int.random(in: 0..<3, using: &generator) > 0 else {
            let inner = address(Int.random(in: 0..<24, using: &generator))
            let length = pick([0, 2, 4, 5])
            let outer = CIDR(inner, length: length == 0 ? 0 : inner.width - length) ?? CIDR(host: inner)
            return .ipBlock(
                outer, except: some(2) { CIDR(host: $0.address(Int.random(in: 0..<24, using: &$0.generator))) })
        }
        let selectors = pick([0, 1, 2])
        return .pods(
            podSelector: selectors == 0 ? nil : selector(), namespaceSelector: selectors == 1 ? nil : selector())
    }

    private mutating func port() -> NetworkPolicy.PolicyPort {
        let value: NetworkPolicy.PortValue? = pick([
            nil, .number(Port(80)), .number(Port(81)), .name("http"), .name("dns"),
        ])
        return .init(
            protocol: pick([.tcp, .udp]), port: value,
            endPort: value == .number(Port(80)) ? pick([nil, Port(85)]) : nil)
    }
}
