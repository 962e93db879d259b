import Domain
import NetworkLearner

/// A cluster in which many clients call few servers, so that rules are joined in every way there is: equal labels in several
/// namespaces, ports by name and in runs, hosts with names, neighbours among outside addresses, nodes and the API server.
struct CrowdedWorld {
    private(set) var world = World()
    private var generator: SeededGenerator
    private var servers: [String] = []
    private var clients: [String] = []

    static let namespaces = ["a", "b", "c"]
    static let nodes = ["192.168.0.1", "192.168.0.2"]
    static let apiServers = ["172.16.0.1", "172.16.0.2"]
    static let outside = [
        "203.0.113.8", "203.0.113.9", "198.51.100.4", "198.51.100.5", "2001:db8::1",
    ]
    /// Never seen: neighbours of those that are, and a stranger.
    static let strangers = ["203.0.113.7", "203.0.113.10", "198.51.100.6", "2001:db8::2"]
    static let ports: [UInt16] = [53, 443, 8080, 8081, 8082, 9090]
    static let run: ClosedRange<UInt16> = 7000...7004
    /// The workload whose port 8080 a Service opens to the outside.
    static let front = "b/Deployment/front"
    static let resolver = "kube-system/Deployment/coredns"
    static let media = "c/Deployment/media"

    init(seed: UInt64, profile: NetworkProfile) {
        generator = SeededGenerator(state: seed)
        world.options.profile = profile
        // Addresses that were never seen are another test's business.
        world.options.outside.unseenAddresses = 0
        world.options.ports.writesRanges = chance(1, of: 2)
        world.options.ports.namedIn = chance(1, of: 2) ? Set(Self.namespaces.prefix(2).map { Namespace($0) }) : []
        makeCluster()
        makeServers()
        makeClients()
        for client in clients { makeCalls(of: client) }
        for _ in 0..<Int.random(in: 0...6, using: &generator) { makeOther() }
    }

    /// The same objects and observations in another order.
    mutating func shuffled() -> World {
        var other = world
        other.edges.shuffle(using: &generator)
        other.inventory.workloads.shuffle(using: &generator)
        other.inventory.services.shuffle(using: &generator)
        other.inventory.nodes.shuffle(using: &generator)
        return other
    }

    private mutating func chance(_ times: Int, of all: Int) -> Bool {
        Int.random(in: 0..<all, using: &generator) < times
    }

    // MARK: - Objects

    private mutating func makeCluster() {
        for (number, address) in Self.nodes.enumerated() {
            world.node("n\(number)", at: address, pods: "10.24\(number).0.0/16")
        }
        world.service(
            "default/kubernetes", at: "10.96.0.1", port: 443, target: .number(Port(443)), endpoints: Self.apiServers)
        world.inventory.names[.of("198.51.100.4")] = ["api.example.com"]
        world.inventory.names[.of("198.51.100.5")] = ["api.example.com", "cdn.example.com"]
        world.inventory.names[.of("198.51.100.6")] = ["cdn.example.com"]
        // Nobody calls these, which share a label with all others.
        for space in Self.namespaces {
            world.workload("\(space)/Deployment/idle", labels: ["app": "idle", "tier": "t"])
        }
        if chance(1, of: 2) {
            world.workload(Self.resolver, labels: ["k8s-app": "kube-dns"])
            world.service(
                "kube-system/kube-dns", at: "10.96.0.10", selector: ["k8s-app": "kube-dns"], port: 53,
                target: .number(Port(53)), protocols: [.udp, .tcp])
            servers.append(Self.resolver)
        } else {
            world.workload("kube-system/Deployment/other", labels: ["k8s-app": "kube-dns"])
        }
    }

    private mutating func makeServers() {
        for number in 0..<Int.random(in: 1...2, using: &generator) {
            let path = "\(Self.namespaces.pick(&generator))/Deployment/server\(number)"
            // The same name may stand for another number elsewhere.
            let http: UInt16 = chance(2, of: 3) ? 8080 : 8081
            world.workload(
                path, labels: ["app": "server\(number)", "tier": "t"],
                ports: [.tcp(http, "http"), .tcp(9090, "metrics")])
            servers.append(path)
        }
        world.workload(Self.front, labels: ["app": "front", "tier": "t"], ports: [.tcp(8080, "http")])
        world.service(
            "b/front", at: "10.96.0.6", selector: ["app": "front"], target: .number(Port(8080)), type: .nodePort)
        world.workload(Self.media, ports: Self.run.map { .tcp($0) })
        servers += [Self.front, Self.media]
    }

    private mutating func makeClients() {
        let limit = chance(1, of: 6) ? 9 : 2
        for space in Self.namespaces {
            let style = Int.random(in: 0...2, using: &generator)
            for number in 0..<Int.random(in: 0...limit, using: &generator) {
                let path = "\(space)/Deployment/client\(number)"
                world.workload(path, labels: Self.labels(number, style))
                clients.append(path)
            }
        }
        clients += servers
    }

    /// One that is enough, one among two, or a grid of two of which neither alone is enough.
    private static func labels(_ number: Int, _ style: Int) -> Labels {
        switch style {
        case 0: ["app": "client\(number)"]
        case 1: ["app": "client\(number)", "tier": "t"]
        default: ["app": "x\(number % 2)", "part": "p\(number / 2)"]
        }
    }

    // MARK: - Traffic

    private static let facts: [ConnectionFact] = [.seen(), .seen(), .seen(), .tried(3, refusals: 1), .tried(9)]

    private static let behaviours: [[UInt16]] = [
        [8080], [8080, 9090], [8080, 8081, 8082], [53, 8080], [53], [7001, 7003],
    ]

    /// Some ports of a server, as many others call them.
    private mutating func makeCalls(of client: String) {
        for server in servers where server != client && chance(2, of: 3) {
            let ports =
                server == Self.media ? [[7001, 7003], [7002]].pick(&generator) : Self.behaviours.pick(&generator)
            for port in ports { connect(client, server, port) }
        }
        guard chance(1, of: 3) else { return }
        for address in Self.outside where chance(1, of: 2) { connect(client, "world \(address)", 443) }
    }

    private mutating func makeOther() {
        let (client, server) = (clients.pick(&generator), servers.pick(&generator))
        let (outside, node) = (Self.outside.pick(&generator), Self.nodes.pick(&generator))
        let port = Self.ports.pick(&generator)
        switch Int.random(in: 0...5, using: &generator) {
        case 0: connect(client, "node \(node)", port)
        case 1: connect(client, "api \(Self.apiServers.pick(&generator))", port)
        case 2: connect("node \(node)", server, port)
        case 3: connect("api \(Self.apiServers.pick(&generator))", server, port)
        case 4: connect("world \(outside)", server, port)
        default: connect("world \(outside)", Self.front, 8080)
        }
    }

    private mutating func connect(_ source: String, _ destination: String, _ port: UInt16) {
        let fact = Self.facts.pick(&generator)
        let direction = [ConnectionEdge.Direction.known, .known, .known, .unknown].pick(&generator)
        world.connect(source, destination, port, port == 53 ? .udp : .tcp, direction: direction, fact: fact)
    }
}
