import Domain
import Layout
import NetworkLearner
import PolicyEvaluator
import Rendering
import Testing

@testable import Engine

/// A policy for a workload with two hundred clients stays one that people can read, and can be updated.
@Suite struct ManyClientsTests {
    private static let cluster = ClusterName("c")
    private static let server = WorkloadID(
        cluster: cluster, namespace: Namespace("shop"), kind: "Deployment", name: "api")

    private static func client(_ number: Int) -> WorkloadID {
        WorkloadID(
            cluster: cluster, namespace: Namespace(["shop", "data", "web"][number % 3]), kind: "Deployment",
            name: "client-\(number)")
    }

    /// What is learned of so many clients of one workload.
    private static func policy(_ clients: Range<Int>, _ profile: NetworkProfile) throws -> WorkloadPolicy {
        let day = Timestamp(seconds: 20_000 * 86_400)
        let fact = ConnectionFact(
            count: 10, attempts: 2, answers: 8, refusals: 0, first: day, last: day, days: DaySet(day: 20_000),
            sources: .hubble, sample: "s")
        func peer(_ id: WorkloadID) -> ObservedPeer {
            ObservedPeer(
                pod: "", namespace: id.namespace, workloadKind: id.kind, workloadName: id.name, labels: [:],
                remoteCluster: "")
        }
        let ids = clients.map(client)
        var inventory = ClusterInventory(cluster: cluster)
        inventory.workloads = (ids + [server]).map { id in
            Workload(
                id: id, selector: LabelSelector(matchLabels: ["app": id.name]), templateLabels: ["app": id.name],
                ports: [], hostNetwork: false, schedule: nil)
        }
        let edges = ids.map { id in
            ConnectionEdge(
                cluster: cluster, source: peer(id), destination: peer(server), protocol: .tcp, port: Port(8080),
                direction: .known)
        }
        var options = NetworkLearningOptions()
        options.profile = profile
        let learned = NetworkLearner(options: options).learn(
            NetworkObservations(
                cluster: cluster, edges: edges.map { ($0, fact) }, inventory: inventory, newest: day))
        return try #require(learned.policies.first { $0.workload == server })
    }

    private static let profiles = [NetworkProfile.kubernetes, .cilium, .calico]

    private static func read(_ policy: NetworkPolicy) throws -> NetworkPolicy {
        let text = ManifestRenderer.document(policy).text
        let objects = RepositoryObjects(RepositoryTree(files: ["p.yaml": Array(text.utf8)]), cluster: cluster)
        return try #require(objects.policies.first)
    }

    /// The form in which each client has a selector of its own.
    private static func separated(_ policy: NetworkPolicy) -> NetworkPolicy {
        var apart = policy
        apart.ingress = policy.ingress.map { .init(peers: $0.peers.flatMap(\.separated), ports: $0.ports) }
        return apart
    }

    @Test(arguments: profiles)
    func `two hundred clients are one rule of few lines`(_ profile: NetworkProfile) throws {
        let manifest = try Self.policy(0..<200, profile).manifest
        #expect(manifest.ingress.count == 1)
        #expect(manifest.ingress.first?.peers.count == 3)
        let lines = ManifestRenderer.document(manifest).text.split(separator: "\n")
        #expect(lines.count < 250)
        #expect(lines.allSatisfy { $0.utf8.count < 1_100 })
    }

    @Test(arguments: profiles)
    func `each client may connect, and nobody else`(_ profile: NetworkProfile) throws {
        let read = try Self.read(Self.policy(0..<200, profile).manifest)
        let evaluator = NetworkEvaluator(policies: [read], namespaces: [:])
        func party(_ id: WorkloadID, in namespace: String? = nil) -> NetworkParty {
            NetworkParty(
                namespace: namespace.map { Namespace($0) } ?? id.namespace, name: id.name, labels: ["app": id.name])
        }
        for number in 0..<210 {
            let id = Self.client(number)
            for namespace in ["shop", "data", "web", "other"] {
                let attempt = ConnectionAttempt(
                    source: party(id, in: namespace), destination: party(Self.server), protocol: .tcp, port: Port(8080))
                #expect(evaluator.isAllowed(attempt) == (number < 200 && namespace == id.namespace.rawValue))
            }
        }
    }

    @Test(arguments: profiles)
    func `an update keeps nothing twice, and adds one client alone`(_ profile: NetworkProfile) throws {
        let learned = try Self.policy(0..<200, profile).manifest
        let apart = try Self.read(Self.separated(learned))
        #expect(Growth.of(apart, learned).kept == 0)
        #expect(Growth.of(try Self.read(learned), learned).kept == 0)
        #expect(KeptRules.merge(learned, keeping: apart) == (learned, 0))
        // One client came, and another was not seen again.
        let next = try Self.policy(1..<201, profile).manifest
        for present in [apart, try Self.read(learned)] {
            let grown = Growth.of(present, next)
            #expect(grown.kept == 1)
            #expect(grown.value.ingress.count == present.ingress.count + 1)
            #expect(grown.value.ingress.starts(with: present.ingress))
            #expect(grown.value.ingress.last?.peers.count == 1)
            #expect(Growth.of(grown.value, next).value.ingress == grown.value.ingress)
        }
    }
}
