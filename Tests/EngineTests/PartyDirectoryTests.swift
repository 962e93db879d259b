import Domain
import NetworkLearner
import PolicyEvaluator
import Testing

@testable import Engine

/// What the judge is told of those at the ends of connections, tried by policies that only they satisfy.
@Suite struct PartyDirectoryTests {
    private let web = WorkloadID(
        cluster: ClusterName("c"), namespace: Namespace("shop"), kind: "Deployment", name: "web")
    private let node = IPAddress(ipv4: 0xC000_0201)
    private let otherNode = IPAddress(ipv4: 0xC000_0202)
    private let stranger = IPAddress(ipv4: 0xC000_0209)
    private let outside = IPAddress(ipv4: 0xC633_6401)

    private var inventory: ClusterInventory {
        var inventory = ClusterInventory(cluster: web.cluster)
        inventory.nodes = [
            Node(name: "n1", addresses: [node], podCIDRs: []), Node(name: "n2", addresses: [otherNode], podCIDRs: []),
        ]
        inventory.pods = [
            Pod(
                namespace: web.namespace, name: "web-1", labels: ["app": "web"], addresses: [], owner: web,
                hostNetwork: false, nodeName: "n1", ports: [], created: nil, isFinished: false)
        ]
        inventory.services = [
            Service(
                namespace: Namespace("default"), name: "kubernetes", type: .clusterIP, clusterAddresses: [],
                externalAddresses: [], selector: [:], ports: [], externalName: "",
                endpoints: [EndpointGroup(addresses: [otherNode], ports: [])], isRouted: false)
        ]
        inventory.names = [outside: ["api.example.com"]]
        return inventory
    }

    private func denied(_ party: Party, _ peers: [NetworkPolicy.Peer], _ dialect: PolicyDialect = .cilium) -> Bool {
        let policy = NetworkPolicy(
            dialect: dialect, namespace: web.namespace, name: "p", labels: GeneratedName.labels,
            podSelector: LabelSelector(), policyTypes: [.egress],
            egress: peers.isEmpty ? [] : [.init(peers: peers, ports: [])])
        let replay = NetworkReplay(parties: PartyDirectory(inventory: inventory, observedLabels: [:]))
        let connection = LearnedConnection(
            source: .workload(web), destination: party, protocol: .tcp, port: Port(443))
        return !replay.run(LearnedConnections([connection]), policies: [policy]).denied.isEmpty
    }

    @Test func `knows own and other nodes, and unknown ones as nodes`() {
        #expect(!denied(.node(node), [.entity(.host)]))
        #expect(denied(.node(node), [.entity(.remoteNode)]))
        #expect(!denied(.node(otherNode), [.entity(.remoteNode)]))
        #expect(denied(.node(stranger), [.entity(.remoteNode), .entity(.world)]))
        #expect(!denied(.node(stranger), [.entity(.host), .entity(.remoteNode)]))
    }

    @Test func `knows the API server, also by its endpoints, and on a node as one`() {
        #expect(!denied(.apiServer(stranger), [.entity(.apiServer)]))
        #expect(!denied(.node(otherNode), [.entity(.apiServer)]))
        #expect(denied(.node(node), [.entity(.apiServer)]))
        #expect(!denied(.apiServer(otherNode), [.entity(.remoteNode)]))
        #expect(denied(.apiServer(stranger), [.ipBlock(.anyIPv4, except: []), .entity(.world)]))
    }

    @Test func `knows names of outside addresses`() {
        #expect(!denied(.outside(outside), [.name("api.example.com")]))
        #expect(!denied(.outside(outside), [.entity(.world)]))
        #expect(denied(.outside(stranger), [.name("api.example.com")]))
    }

    @Test func `judges what was generated as staged as if it were enforced`() {
        #expect(denied(.outside(outside), [], .calicoStaged))
        #expect(!denied(.outside(outside), [.ipBlock(.anyIPv4, except: [])], .calicoStaged))
    }
}
