import Domain
import NetworkLearner

/// A small cluster with every kind of traffic, and the cells that a policy may allow for it, written down as the traffic
/// is made rather than as it is learned.
struct RandomWorld {
    struct Cell: Hashable {
        let workload: WorkloadID
        let isIngress: Bool
        let peer: Peer
        let port: RulePort
    }

    enum Peer: Hashable {
        case workload(WorkloadID)
        case address(IPAddress)
        case nodes
        case everyone
    }

    private(set) var world = World()
    private(set) var allowed: Set<Cell> = []
    private var generator: SeededGenerator
    private static let ports: [UInt16] = [80, 443, 8080, 9090, 40_000]

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
        let paths = makeWorkloads()
        makeInfrastructure()
        for _ in 0..<Int.random(in: 1...30, using: &generator) { makeEdge(paths) }
    }

    /// The same observations in another order, some of them in two halves.
    mutating func shuffled() -> World {
        var other = world
        other.edges = world.edges.flatMap { edge, fact -> [(edge: ConnectionEdge, fact: ConnectionFact)] in
            guard fact.count >= 2, Bool.random(using: &generator) else { return [(edge, fact)] }
            var (left, right) = (fact, fact)
            left.count = fact.count / 2
            right.count = fact.count - left.count
            left.attempts = min(fact.attempts, left.count)
            right.attempts = fact.attempts - left.attempts
            left.answers = fact.answers
            right.answers = 0
            left.refusals = 0
            return [(edge, left), (edge, right)]
        }
        other.edges.shuffle(using: &generator)
        other.inventory.workloads.shuffle(using: &generator)
        other.inventory.services.shuffle(using: &generator)
        other.inventory.nodes.shuffle(using: &generator)
        return other
    }

    private mutating func makeWorkloads() -> [String] {
        var paths: [String] = []
        for space in ["a", "b"] {
            for name in ["w", "x", "y"] where Int.random(in: 0...4, using: &generator) > 0 {
                let path = "\(space)/Deployment/\(name)"
                // Some share a label, some cannot be told apart at all.
                let labels: Labels = [["app": name], ["app": name, "tier": "t"], ["tier": "t"]].pick(&generator)
                let declared = Self.ports.filter { _ in Int.random(in: 0...2, using: &generator) == 0 }
                world.workload(path, labels: labels, ports: declared.map { .tcp($0) })
                paths.append(path)
            }
        }
        return paths.isEmpty ? makeWorkloads() : paths
    }

    private mutating func makeInfrastructure() {
        world.node("n1", at: "192.168.0.1", pods: "10.244.0.0/16")
        world.node("n2", at: "192.168.0.2", pods: "10.245.0.0/16")
        world.service("a/svc", at: "10.96.0.5", selector: ["tier": "t"], target: .number(Port(8080)))
        world.service("b/front", at: "10.96.0.6", selector: ["app": "x"], target: .number(Port(443)), type: .nodePort)
    }

    private mutating func makeEdge(_ paths: [String]) {
        let (source, destination) = (paths.pick(&generator), paths.pick(&generator))
        let port = Self.ports.pick(&generator)
        let proto = [NetworkProtocol.tcp, .tcp, .udp].pick(&generator)
        let fact = [ConnectionFact.seen(), .seen(), .tried(3, refusals: 1), .seen(count: 0, attempts: 0), .tried(9)]
            .pick(&generator)
        let direction = [ConnectionEdge.Direction.known, .known, .unknown].pick(&generator)
        let outside = ["203.0.113.8", "203.0.113.9", "2001:db8::1", "10.244.3.3"].pick(&generator)
        switch Int.random(in: 0...6, using: &generator) {
        case 0, 1, 2: connect(source, destination, port, proto, fact, direction)
        case 3: connect(source, "world \(outside)", port, proto, fact, direction)
        case 4: connect("world \(outside)", destination, port, proto, fact, direction)
        case 5:
            connect(
                ["node 192.168.0.1", "host 192.168.0.2"].pick(&generator), destination, port, proto, fact, direction)
        default:
            world.connect(source, "world 10.96.0.5", 80, .tcp, direction: direction, fact: fact)
            for workload in world.inventory.workloads
            where workload.id.namespace.rawValue == "a" && workload.templateLabels["tier"] == "t" {
                allow(.workload(WorkloadID(source)), .workload(workload.id), .tcp, 8080)
            }
        }
    }

    private mutating func connect(
        _ source: String, _ destination: String, _ port: UInt16, _ proto: NetworkProtocol, _ fact: ConnectionFact,
        _ direction: ConnectionEdge.Direction
    ) {
        world.connect(source, destination, port, proto, direction: direction, fact: fact)
        guard fact.count > 0 else { return }
        allow(Self.peer(source), Self.peer(destination), proto, port)
        let to = ObservedPeer(destination)
        let labels = world.inventory.workloads.first { $0.id.description == destination }?.templateLabels
        guard to.kind == .pod, ObservedPeer(source).kind != .pod, to.namespace.rawValue == "b", labels?["app"] == "x",
            proto == .tcp, port == 443
        else { return }
        // Behind the Service of type NodePort.
        allow(.everyone, .workload(WorkloadID(destination)), proto, port)
    }

    private static func peer(_ text: String) -> Peer {
        let peer = ObservedPeer(text)
        switch peer.kind {
        case .pod: return .workload(WorkloadID(text))
        case .world: return peer.address.map { .address($0) } ?? .everyone
        default: return .nodes
        }
    }

    private mutating func allow(_ source: Peer, _ destination: Peer, _ proto: NetworkProtocol, _ port: UInt16) {
        let port = RulePort(proto, Port(port))
        if case .workload(let id) = source {
            allowed.insert(Cell(workload: id, isIngress: false, peer: destination, port: port))
        }
        if case .workload(let id) = destination {
            allowed.insert(Cell(workload: id, isIngress: true, peer: source, port: port))
        }
    }
}
