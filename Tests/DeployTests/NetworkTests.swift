import Domain
import Foundation
import Inventory
import PolicyEvaluator
import Testing

/// The service's own NetworkPolicy, judged as those that it proposes.
@Suite(.enabled(if: Rendering.available == Rendering.allCases, "run `make setup-deploy-tools` for kubectl and helm"))
struct NetworkTests {
    private static let cluster = ClusterName("test")

    private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    /// The service's pod, with the labels that its template has.
    private func service(_ objects: Objects) throws -> NetworkParty {
        let labels = objects["StatefulSet"][path: "spec", "template", "metadata", "labels"].value as? Labels
        return NetworkParty(
            namespace: Namespace("leastwise"), name: "leastwise-0", labels: try #require(labels),
            addresses: [try Self.address("10.1.0.9")],
            ports: [ContainerPort(name: "https", number: Port(8429), protocol: .tcp)], nodeName: "node-1")
    }

    private func evaluator(_ objects: Objects) throws -> NetworkEvaluator {
        let json = Array(try objects["NetworkPolicy"].json().utf8)
        let read = ObjectReader.read(json, cluster: Self.cluster, file: "networkpolicy")
        #expect(read.diagnostics.isEmpty)
        let inventory = InventoryBuilder.build(cluster: Self.cluster, objects: read.objects).inventory
        #expect(inventory.networkPolicies.count == 1)
        return NetworkEvaluator(policies: inventory.networkPolicies, namespaces: [:])
    }

    private func pod(_ namespace: String, _ labels: Labels) throws -> NetworkParty {
        NetworkParty(
            namespace: Namespace(namespace), name: "peer", labels: labels, addresses: [try Self.address("10.1.0.20")])
    }

    private func outside(_ address: String) throws -> NetworkParty {
        NetworkParty(addresses: [try Self.address(address)])
    }

    @Test(arguments: Rendering.allCases)
    func `senders, the API server, Prometheus and the kubelet come in, and nobody else`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let (evaluator, service) = (try evaluator(objects), try service(objects))
        func comesIn(_ peer: NetworkParty, _ port: UInt16 = 8429) -> Bool {
            evaluator.isAllowed(
                ConnectionAttempt(source: peer, destination: service, protocol: .tcp, port: Port(port)))
        }
        let vector = try pod("vector", ["app.kubernetes.io/name": "vector"])
        #expect(comesIn(vector))
        #expect(!comesIn(vector, 9090))
        #expect(comesIn(try pod("monitoring", ["app.kubernetes.io/name": "prometheus"])))
        #expect(comesIn(try outside("192.0.2.3")))
        let node = NetworkParty(addresses: [try Self.address("198.51.100.1")], nodeName: "node-1")
        #expect(comesIn(node))

        #expect(!comesIn(try pod("vector", ["app.kubernetes.io/name": "other"])))
        #expect(!comesIn(try pod("shop", ["app.kubernetes.io/name": "vector"])))
        #expect(!comesIn(try pod("leastwise", ["app.kubernetes.io/name": "vector"])))
        #expect(!comesIn(try outside("192.0.2.9")))
        #expect(!comesIn(try outside("203.0.113.7")))
        let other = NetworkParty(addresses: [try Self.address("198.51.100.2")], nodeName: "node-2")
        #expect(!comesIn(other))
    }

    @Test(arguments: Rendering.allCases)
    func `it goes to DNS, Relay, the API server and the forge, and nowhere else`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let (evaluator, service) = (try evaluator(objects), try service(objects))
        func goesOut(_ peer: NetworkParty, _ port: UInt16, _ protocol: NetworkProtocol = .tcp) -> Bool {
            evaluator.isAllowed(
                ConnectionAttempt(source: service, destination: peer, protocol: `protocol`, port: Port(port)))
        }
        let dns = try pod("kube-system", ["k8s-app": "kube-dns"])
        #expect(goesOut(dns, 53, .udp) && goesOut(dns, 53))
        #expect(goesOut(try pod("kube-system", ["k8s-app": "hubble-relay"]), 4245))
        #expect(goesOut(try outside("203.0.113.7"), 443))
        #expect(goesOut(try outside("10.0.0.1"), 6443))
        #expect(goesOut(try outside("2001:db8::1"), 443))

        #expect(!goesOut(dns, 9153))
        #expect(!goesOut(try pod("shop", ["k8s-app": "kube-dns"]), 53, .udp))
        #expect(!goesOut(try outside("203.0.113.7"), 53, .udp))
        #expect(!goesOut(try outside("203.0.113.7"), 80))
        #expect(!goesOut(try outside("169.254.169.254"), 443))
        #expect(!goesOut(try outside("fd00:ec2::254"), 443))
        #expect(!goesOut(try pod("shop", ["app": "db"]), 5432))
    }
}
