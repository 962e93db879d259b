import Domain
import NetworkLearner

/// The policies that a crowded world's learned connections stand for, with a rule for each of them and nothing joined.
///
/// Made of the connections and of what the documentation says is added to them, not of the learner's rules: of these only
/// whom a policy selects and which directions it isolates is taken over.
struct SingleRules {
    private let world: World
    private let learned: LearnedNetwork
    private let labels: [WorkloadID: Labels]
    private let hasEntities: Bool

    init(_ world: World, _ learned: LearnedNetwork) {
        self.world = world
        self.learned = learned
        labels = Dictionary(uniqueKeysWithValues: world.inventory.workloads.map { ($0.id, $0.templateLabels) })
        hasEntities = world.options.dialect.hasEntities
    }

    var policies: [NetworkPolicy] {
        var policies: [WorkloadID: NetworkPolicy] = [:]
        for policy in learned.policies {
            var bare = policy.manifest
            (bare.ingress, bare.egress) = ([], [])
            policies[policy.workload] = bare
        }
        for connection in learned.learned {
            for port in ports(of: connection) {
                if let id = connection.source.workload {
                    policies[id]?.egress += rules(to: connection.destination, port)
                }
                if let id = connection.destination.workload {
                    policies[id]?.ingress += rules(from: connection, port)
                }
            }
        }
        for id in policies.keys { addLookUps(id, &policies[id]) }
        return policies.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: - Ports

    private func ports(of connection: LearnedConnection) -> [NetworkPolicy.PolicyPort] {
        // RFC 7766: who looks up names over one transport needs the other.
        if connection.port == Port(53) { return Self.lookUps }
        let isMedia = connection.destination.workload == WorkloadID(CrowdedWorld.media)
        guard isMedia, CrowdedWorld.run.contains(connection.port.rawValue), seenPortsOfRun > 1 else {
            return [.init(protocol: connection.protocol, port: .number(connection.port))]
        }
        return CrowdedWorld.run.map { .init(protocol: .tcp, port: .number(Port($0))) }
    }

    private static let lookUps: [NetworkPolicy.PolicyPort] = [.udp, .tcp].map {
        .init(protocol: $0, port: .number(Port(53)))
    }

    /// A run of declared ports is open as a whole once two of them were seen.
    private var seenPortsOfRun: Int {
        let seen = learned.learned.filter {
            $0.destination.workload == WorkloadID(CrowdedWorld.media) && CrowdedWorld.run.contains($0.port.rawValue)
        }
        return Set(seen.map(\.port)).count
    }

    // MARK: - Peers

    private func rules(to party: Party, _ port: NetworkPolicy.PolicyPort) -> [NetworkPolicy.Rule] {
        let names =
            party.isOutside && world.options.dialect.hasNames
            ? party.address.flatMap { world.inventory.names[$0] } : nil
        return rules(names.map { $0.map { .name($0) } } ?? peers(party), port)
    }

    private func rules(from connection: LearnedConnection, _ port: NetworkPolicy.PolicyPort) -> [NetworkPolicy.Rule] {
        let isOpen =
            connection.destination.workload == WorkloadID(CrowdedWorld.front) && connection.port == Port(8080)
            && connection.protocol == .tcp
        guard isOpen, connection.source.workload == nil, !connection.source.isAPIServer,
            let address = connection.source.address
        else { return rules(peers(connection.source), port) }
        if hasEntities { return rules(nodes(seenAt: address), port) + rules([.entity(.world)], port) }
        return rules([.ipBlock(.anyIPv4, except: [])] + (address.isIPv4 ? [] : [.ipBlock(.anyIPv6, except: [])]), port)
    }

    /// One rule a peer; nodes, the own one and others, are one.
    private func rules(_ peers: [NetworkPolicy.Peer], _ port: NetworkPolicy.PolicyPort) -> [NetworkPolicy.Rule] {
        if case .entity = peers.first { return [.init(peers: peers, ports: [port])] }
        return peers.map { .init(peers: [$0], ports: [port]) }
    }

    private func peers(_ party: Party) -> [NetworkPolicy.Peer] {
        switch party {
        case .workload(let id): [pods(id.namespace, labels[id] ?? [:])]
        case .outside(let address): [.ipBlock(CIDR(host: address), except: [])]
        case .node(let address): nodes(seenAt: address)
        case .apiServer:
            hasEntities
                ? [.entity(.apiServer)]
                : CrowdedWorld.apiServers.map { .ipBlock(CIDR(host: .of($0)), except: []) }
        }
    }

    private func nodes(seenAt address: IPAddress) -> [NetworkPolicy.Peer] {
        if hasEntities { return [.entity(.host), .entity(.remoteNode)] }
        return CrowdedWorld.nodes.map { .ipBlock(CIDR(host: .of($0)), except: []) }
    }

    private func pods(_ namespace: Namespace, _ labels: Labels) -> NetworkPolicy.Peer {
        .pods(
            podSelector: LabelSelector(matchLabels: labels),
            namespaceSelector: LabelSelector(matchLabels: [GeneratedName.namespaceLabel: namespace.rawValue]))
    }

    /// Everyone who is isolated may look up names, and the cluster's DNS stays open to every pod.
    private func addLookUps(_ id: WorkloadID, _ policy: inout NetworkPolicy?) {
        let resolver = pods(Namespace("kube-system"), ["k8s-app": "kube-dns"])
        guard id == WorkloadID(CrowdedWorld.resolver) else {
            policy?.egress.append(.init(peers: [resolver], ports: Self.lookUps))
            return
        }
        let everyone = LabelSelector(matchExpressions: [.init(key: GeneratedName.namespaceLabel, operator: .exists)])
        policy?.ingress.append(
            .init(peers: [.pods(podSelector: nil, namespaceSelector: everyone)], ports: Self.lookUps))
    }
}

extension Party {
    fileprivate var address: IPAddress? {
        switch self {
        case .workload: nil
        case .outside(let address), .apiServer(let address), .node(let address): address
        }
    }

    fileprivate var isOutside: Bool { if case .outside = self { true } else { false } }

    fileprivate var isAPIServer: Bool { if case .apiServer = self { true } else { false } }
}
