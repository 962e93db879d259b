import Domain
import NetworkLearner
import PolicyEvaluator
import Testing

/// What is written in few rules allows exactly what a rule for each learned connection would.
@Suite struct JoiningPropertyTests {
    private static let worlds: UInt64 = 40

    @Test(arguments: 0..<UInt64(50))
    func `joined rules allow what single ones do, whatever the order`(block: UInt64) {
        for seed in (block * Self.worlds)..<((block + 1) * Self.worlds) {
            let profile = [NetworkProfile.kubernetes, .cilium, .calico][Int(seed % 3)]
            var crowded = CrowdedWorld(seed: seed, profile: profile)
            let learned = crowded.world.learn()
            let manifests = learned.policies.map(\.manifest)
            let joined = Self.allowed(by: manifests, crowded.world)
            let single = Self.allowed(by: SingleRules(crowded.world, learned).policies, crowded.world)
            if joined != single {
                #expect(Set(joined).subtracting(single) == [], "seed \(seed): wider")
                #expect(Set(single).subtracting(joined) == [], "seed \(seed): narrower")
            }
            guard seed % 4 == 0 else { continue }
            #expect(crowded.shuffled().learn().policies.map(\.manifest) == manifests, "seed \(seed)")
        }
    }

    @Test func `these worlds have every form of rule`() {
        var forms: Set<String> = []
        for seed in 0..<UInt64(120) {
            let profile = [NetworkProfile.kubernetes, .cilium, .calico][Int(seed % 3)]
            let learned = CrowdedWorld(seed: seed, profile: profile).world.learn()
            for rule in learned.policies.map(\.manifest).flatMap({ $0.ingress + $0.egress }) {
                forms.formUnion(rule.peers.map(Self.form))
                for port in rule.ports {
                    if case .name = port.port { forms.insert("named port") }
                    if port.endPort != nil { forms.insert("range of ports") }
                }
            }
        }
        #expect(
            forms == [
                "one workload", "joined by the only label", "joined beside others", "every namespace", "address",
                "range",
                "everyone", "entity", "name", "named port", "range of ports",
            ])
    }

    private static func form(_ peer: NetworkPolicy.Peer) -> String {
        switch peer {
        case .pods(nil, _): "every namespace"
        case .pods(let pods?, _) where pods.matchExpressions.isEmpty: "one workload"
        case .pods(let pods?, _): pods.matchLabels.isEmpty ? "joined by the only label" : "joined beside others"
        case .ipBlock(let range, _) where range.length == 0: "everyone"
        case .ipBlock(let range, _): range.length == range.address.width ? "address" : "range"
        case .entity: "entity"
        case .name: "name"
        }
    }

    // MARK: - Judge

    /// Every allowed connection between any two parties at any port that is in play, and at one that is not.
    private static func allowed(by policies: [NetworkPolicy], _ world: World) -> [ConnectionCell] {
        let probes =
            CrowdedWorld.ports.map { PortProbe(protocol: .tcp, port: Port($0)) }
            + [CrowdedWorld.run.lowerBound, 7002].map { PortProbe(protocol: .tcp, port: Port($0)) }
            + [PortProbe(protocol: .udp, port: Port(53)), PortProbe(protocol: .tcp, port: Port(6666))]
        return NetworkEvaluator(policies: policies, namespaces: [:]).slack(
            parties: parties(world), probes: probes, observed: [], maximumExamples: .max
        ).examples
    }

    private static func parties(_ world: World) -> [NetworkParty] {
        let pods = world.inventory.workloads.map {
            NetworkParty(namespace: $0.id.namespace, name: $0.id.name, labels: $0.templateLabels, ports: $0.ports)
        }
        let bystanders = ["a", "elsewhere"].map {
            NetworkParty(
                namespace: Namespace($0), name: "bystander", labels: ["app": "bystander"], ports: [.tcp(443, "http")])
        }
        let outside = (CrowdedWorld.outside + CrowdedWorld.strangers).map { text in
            NetworkParty(addresses: [.of(text)], names: world.inventory.names[.of(text)] ?? [])
        }
        let nodes = CrowdedWorld.nodes.enumerated().map {
            NetworkParty(addresses: [.of($0.element)], nodeName: "n\($0.offset)")
        }
        let api = CrowdedWorld.apiServers.map { NetworkParty(addresses: [.of($0)], isAPIServer: true) }
        return pods + bystanders + outside + nodes + api
    }
}
