import Domain
import Foundation
import NetworkLearner

/// A pair of Inspektor Gadget's network-policy advisor: events of one JSON object a line, and the expected policy.
struct GadgetCase: CustomStringConvertible, Sendable {
    let name: String

    var description: String { name }

    private static let folder = Fixtures.truth("inspektor-gadget").appending(path: "v2-2025")

    static let all: [GadgetCase] = {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        return names.filter { $0.hasSuffix(".input") }.map { GadgetCase(name: String($0.dropLast(6))) }
    }()

    /// Learns what the events show. The pod that they name has these labels: the events keep none.
    func learned(podLabels: Labels) throws -> TruthCase {
        let input = try String(contentsOf: Self.folder.appending(path: name + ".input"), encoding: .utf8)
        let events = try input.split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
                as? GoldenReader.Object
        }
        let connections = events.compactMap { Self.connection($0, podLabels) }
        let pods = connections.map(\.source)
        let folder = try TemporaryFolder()
        let objects = try folder.write(try Self.objects(pods), to: "objects.json")
        let flows = try folder.write(try TruthTraffic(connections: connections).json(), to: "flows.json")
        let golden = try String(contentsOf: Self.folder.appending(path: name + ".golden"), encoding: .utf8)
        return TruthCase(
            name: name, parties: Array(pods.prefix(1)) + [Self.apiServer],
            ports: Set(connections.map(\.port)).union([.tcp(8443)]), directions: TruthPolicy.Direction.allCases,
            golden: TruthReach(policies: try GoldenReader.policies(yaml: golden)),
            learned: try TruthLearner.learn(objects: [objects], flows: [flows]))
    }

    private static func connection(_ event: GoldenReader.Object, _ labels: Labels) -> TruthTraffic.Connection? {
        let pod = GoldenReader.object(event["k8s"])
        let remote = GoldenReader.object(event["dst"])
        guard let namespace = pod["namespace"] as? String, let name = pod["podname"] as? String,
            let address = (remote["addr"] as? String).flatMap({ IPAddress($0) }),
            let transport = NetworkProtocol(name: (event["proto"] as? String ?? "").uppercased()),
            let port = (event["port"] as? Int).flatMap({ UInt16(exactly: $0) })
        else { return nil }
        return .init(
            source: .pod(namespace, name, labels),
            destination: TruthParty(name: address.description, address: address),
            port: TruthPort(protocol: transport, number: port))
    }

    // MARK: - The cluster

    /// The API server as minikube runs it, which is where these events are from.
    private static let apiServer = TruthParty(
        name: "API server", address: IPAddress("192.168.49.2"), entity: .apiServer)

    private static func objects(_ pods: [TruthParty]) throws -> String {
        let listed = Dictionary(pods.map { ($0.name, $0) }) { $1 }.values.map { pod in
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": [
                    "name": pod.name, "namespace": pod.namespace?.rawValue ?? "", "labels": pod.labels,
                ] as [String: Any],
                "spec": ["containers": [["name": "main"]]], "status": ["phase": "Running"],
            ] as [String: Any]
        }
        let cluster = GoldenReader.objects(try JSONSerialization.jsonObject(with: Data(minikube.utf8)))
        return String(
            decoding: try JSONSerialization.data(withJSONObject: ["kind": "List", "items": cluster + listed]),
            as: UTF8.self)
    }

    private static let minikube = """
        [
          {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubernetes", "namespace": "default"},
           "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 8443}]}},
          {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "kubernetes", "namespace": "default"},
           "subsets": [{"addresses": [{"ip": "192.168.49.2"}], "ports": [{"name": "https", "port": 8443}]}]},
          {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
           "spec": {"clusterIP": "10.96.0.10", "selector": {"k8s-app": "kube-dns"},
                    "ports": [{"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                              {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53}]}},
          {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "coredns", "namespace": "kube-system"},
           "spec": {"selector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    "template": {"metadata": {"labels": {"k8s-app": "kube-dns"}},
                                 "spec": {"containers": [{"name": "coredns"}]}}}}
        ]
        """
}
