import Domain
import NetworkLearner

@testable import Inventory

/// A small sound cluster that hostile objects are added to, with traffic between all that is in it.
struct HostileEstate {
    let inventory: ClusterInventory
    let notes: [InventoryNote]
    let diagnostics: [Diagnostic]

    /// Reads a document as a dump of objects.
    init(document: String) {
        let output = ObjectReader.read(Array(document.utf8), cluster: TestCluster.name, file: "-")
        diagnostics = output.diagnostics
        (inventory, notes) = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects)
    }

    /// The sound objects with others after them.
    init(adding items: [String]) { self.init(document: Self.document(Self.sound + items)) }

    static func document(_ items: [String]) -> String {
        #"{"apiVersion":"v1","kind":"List","items":["# + items.joined(separator: ",") + "]}"
    }

    /// Something was said about what could not be used.
    var isReported: Bool { !notes.isEmpty || !diagnostics.isEmpty }

    func pods(of workload: WorkloadID) -> [Labels] {
        inventory.pods.filter { $0.owner == workload }.map(\.labels)
    }

    // MARK: - Sound objects

    static let sound: [String] =
        [
            TestCluster.object(
                "v1", "Node", "n1", namespace: nil,
                #""spec":{"podCIDR":"10.244.0.0/16","podCIDRs":["10.244.0.0/16"]},"#
                    + #""status":{"addresses":[{"type":"InternalIP","address":"192.168.0.11"}]}"#),
            service("web", "10.96.0.11", type: "LoadBalancer"), service("api", "10.96.0.12"),
        ]
        + ["web", "api", "db"].enumerated().flatMap { number, name in
            [
                TestCluster.workload(
                    "Deployment", name, container: #","ports":[{"name":"http","containerPort":8080}]"#),
                TestCluster.pod(
                    "\(name)-0", labels: #"{"app":"\#(name)"}"#, owner: TestCluster.owner("Deployment", name),
                    address: "10.244.1.\(number + 1)", created: "2024-10-01T00:00:00Z"),
            ]
        }

    private static func service(_ name: String, _ address: String, type: String = "ClusterIP") -> String {
        TestCluster.object(
            "v1", "Service", name,
            #""spec":{"type":"\#(type)","clusterIP":"\#(address)","selector":{"app":"\#(name)"},"#
                + #""ports":[{"name":"http","port":80,"targetPort":"http"}]}"#)
    }

    // MARK: - Traffic

    private static let start: Int64 = 20_000 * 86_400
    private static let fact = ConnectionFact(
        count: 10, attempts: 2, answers: 8, refusals: 0, first: Timestamp(seconds: start),
        last: Timestamp(seconds: start + 9 * 86_400),
        days: (0..<9).reduce(into: DaySet()) { $0.formUnion(DaySet(day: 20_000 + $1)) }, sources: .hubble, sample: "s")

    /// Learns from traffic between so many workloads, so many pods, and all else.
    func learn(from breadth: Int) -> LearnedNetwork {
        NetworkLearner().learn(
            NetworkObservations(
                cluster: TestCluster.name, edges: edges(breadth).map { ($0, Self.fact) }, inventory: inventory,
                newest: Timestamp(seconds: Self.start + 30 * 86_400)))
    }

    /// Each of some workloads with the next ones, and with everything that has an address.
    private func edges(_ breadth: Int) -> [ConnectionEdge] {
        let own = inventory.workloads.prefix(breadth).map { workload in
            ObservedPeer(
                pod: "", namespace: workload.id.namespace, workloadKind: workload.id.kind,
                workloadName: workload.id.name, labels: [:], remoteCluster: "")
        }
        let labelled = inventory.pods.prefix(breadth).filter { !$0.hostNetwork }.map { pod in
            ObservedPeer(
                pod: pod.name, namespace: pod.namespace, workloadKind: "", workloadName: "", labels: pod.labels,
                remoteCluster: "")
        }
        // Whatever a record calls an address.
        let kinds: [ObservedPeer.Kind] = [.world, .unknown, .remoteNode, .apiServer]
        let outside = addresses.flatMap { address in kinds.map { ObservedPeer($0, address: address) } }
        let inside = own + labelled
        var edges: [ConnectionEdge] = []
        for (number, peer) in inside.enumerated() {
            for distance in 1...3 {
                edges.append(edge(peer, inside[(number + distance) % inside.count], 8080))
            }
            for other in outside { edges += [edge(peer, other, 443), edge(other, peer, 8080)] }
        }
        return edges
    }

    private var addresses: [IPAddress] {
        let fixed = ["203.0.113.7", "192.168.0.11", "192.168.0.5", "10.244.77.77", "10.96.0.11", "2001:db8::7", "::1"]
            .compactMap { IPAddress($0) }
        let declared =
            inventory.pods.flatMap(\.addresses).prefix(8) + inventory.nodes.flatMap(\.addresses).prefix(4)
            + inventory.services.flatMap { $0.clusterAddresses + $0.externalAddresses }.prefix(8)
        return Set(fixed + declared).sorted()
    }

    private func edge(_ source: ObservedPeer, _ destination: ObservedPeer, _ port: UInt16) -> ConnectionEdge {
        ConnectionEdge(
            cluster: TestCluster.name, source: source, destination: destination, protocol: .tcp, port: Port(port),
            direction: .known)
    }
}
