import Domain
import Foundation
import NetworkLearner

/// A table case of Kubescape's storage: a NetworkNeighborhood, and the NetworkPolicy that is generated from it.
struct KubescapeCase: CustomStringConvertible, Sendable {
    /// The name in the table, which is not unique there, behind its place.
    let name: String
    let place: Int

    var description: String { name }

    private static let file = Fixtures.truth("kubescape-networkneighborhood").appending(path: "cases.json")

    private static func table() throws -> [GoldenReader.Object] {
        GoldenReader.objects(try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
    }

    /// All cases that are there.
    static let all: [KubescapeCase] = ((try? table()) ?? []).enumerated().map { place, fields in
        KubescapeCase(name: "\(place) \(fields["name"] as? String ?? "")", place: place)
    }

    /// True if no policy must come of it.
    func isRefused() throws -> Bool { try Self.table()[place]["expectError"] as? Bool == true }

    func learned() throws -> TruthCase {
        let fields = try Self.table()[place]
        let neighborhood = GoldenReader.object(fields["networkNeighborhood"])
        let traffic = Self.traffic(neighborhood)
        let folder = try TemporaryFolder()
        let learned = try TruthLearner.learn(flows: [folder.write(try traffic.json(), to: "flows.json")])
        let expected = GoldenReader.object(GoldenReader.object(fields["expectedNetworkPolicy"])["spec"])
        let golden = try expected.isEmpty ? [] : GoldenReader.policies(expected)
        let parties = traffic.connections.flatMap { [$0.source, $0.destination] }
        return TruthCase(
            name: name, parties: parties.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
            ports: Set(traffic.connections.map(\.port)), directions: TruthPolicy.Direction.allCases,
            golden: TruthReach(policies: golden), learned: learned)
    }

    private static func traffic(_ neighborhood: GoldenReader.Object) -> TruthTraffic {
        let spec = GoldenReader.object(neighborhood["spec"])
        let metadata = GoldenReader.object(neighborhood["metadata"])
        let namespace = GoldenReader.namespace(of: neighborhood).rawValue
        let name = GoldenReader.object(metadata["labels"])["kubescape.io/workload-name"] as? String ?? ""
        let own = TruthParty.pod(namespace, name, labels(spec["labelSelector"]))
        let containers = GoldenReader.objects(spec["containers"])
        let incoming = containers.flatMap { GoldenReader.objects($0["ingress"]) }
        let outgoing = containers.flatMap { GoldenReader.objects($0["egress"]) }
        return TruthTraffic(
            connections: incoming.flatMap { neighbor in
                ports(neighbor).map { .init(source: party(neighbor, beside: own), destination: own, port: $0) }
            }
                + outgoing.flatMap { neighbor in
                    ports(neighbor).map { .init(source: own, destination: party(neighbor, beside: own), port: $0) }
                })
    }

    /// Labels of a pod that the selector matches.
    private static func labels(_ selector: Any?) -> Labels {
        let fields = GoldenReader.object(selector)
        var labels = GoldenReader.object(fields["matchLabels"]).compactMapValues { $0 as? String }
        for requirement in GoldenReader.objects(fields["matchExpressions"]) {
            if let key = requirement["key"] as? String { labels[key] = (requirement["values"] as? [String])?.first }
        }
        return labels
    }

    private static func party(_ neighbor: GoldenReader.Object, beside own: TruthParty) -> TruthParty {
        if let address = (neighbor["ipAddress"] as? String).flatMap({ IPAddress($0) }) {
            return .outside(address, names: Set([neighbor["dns"] as? String].compactMap { $0 }))
        }
        let labels = labels(neighbor["podSelector"])
        guard labels != own.labels else { return own }
        return .pod(own.namespace?.rawValue ?? "", labels["app"] ?? "\(labels)", labels)
    }

    private static func ports(_ neighbor: GoldenReader.Object) -> [TruthPort] {
        GoldenReader.objects(neighbor["ports"]).compactMap { port in
            guard let number = (port["port"] as? Int).flatMap({ UInt16(exactly: $0) }),
                let transport = NetworkProtocol(name: port["protocol"] as? String ?? "TCP")
            else { return nil }
            return TruthPort(protocol: transport, number: number)
        }
    }
}
