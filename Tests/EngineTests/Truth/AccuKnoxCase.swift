import Domain
import Foundation
import NetworkLearner

/// A pair of AccuKnox' discovery engine: Hubble flows, and the CiliumNetworkPolicy that it expects of them.
struct AccuKnoxCase: CustomStringConvertible, Sendable {
    /// `TC_01`, or `TC_18 after` for a pair of which the other half was seen before.
    let name: String
    /// The flows in the order in which they are seen.
    let flows: [URL]
    let golden: URL
    let direction: TruthPolicy.Direction

    var description: String { name }

    /// All pairs that are there, sorted by name.
    static let all: [AccuKnoxCase] = {
        let root = Fixtures.truth("accuknox-discovery")
        let folders = ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
        return folders.filter { $0.hasPrefix("TC_") }.flatMap { cases(in: root.appending(path: $0)) }
    }()

    private static func cases(in folder: URL) -> [AccuKnoxCase] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        let flows = names.filter { $0.hasSuffix(".json") }.map { folder.appending(path: $0) }
        let before = flows.first { $0.lastPathComponent.contains("_before_") }
        return flows.map { file in
            let isAfter = file.lastPathComponent.contains("_after_")
            let part = isAfter ? " after" : file == before ? " before" : ""
            return AccuKnoxCase(
                name: folder.lastPathComponent + part, flows: (isAfter ? [before] : []).compactMap { $0 } + [file],
                golden: file.deletingPathExtension().appendingPathExtension("yaml"),
                direction: file.lastPathComponent.contains("_ingress_") ? .ingress : .egress)
        }
    }

    /// As a user of Cilium does: the goldens are CiliumNetworkPolicy.
    private static func learn(objects: [URL] = [], flows: [URL]) throws -> LearnedNetwork? {
        try TruthLearner.learn(objects: objects, flows: flows, profile: .cilium)
    }

    /// Learns from the records as they are.
    func learnedAsIs() throws -> LearnedNetwork? { try Self.learn(flows: flows) }

    /// The case with the word added that its records lack, and that its golden takes for granted: that a record which
    /// says nothing else is one of a request.
    func told() throws -> TruthCase {
        let folder = try TemporaryFolder()
        let told = try flows.enumerated().map { number, file in
            try folder.write(try Self.json(Self.records(file).map(Self.tellingDirection)), to: "\(number).json")
        }
        return try judged { _ in try Self.learn(flows: told) }
    }

    /// The case with its records as they are, and with objects that declare its pods and their ports.
    func declared() throws -> TruthCase {
        let folder = try TemporaryFolder()
        return try judged { traffic in
            let list: GoldenReader.Object = ["kind": "List", "items": traffic.deployments]
            let json = String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
            return try Self.learn(objects: [folder.write(json, to: "objects.json")], flows: flows)
        }
    }

    private func judged(_ learn: (AccuKnoxTraffic) throws -> LearnedNetwork?) throws -> TruthCase {
        let golden = TruthReach(
            policies: try GoldenReader.policies(yaml: try String(contentsOf: golden, encoding: .utf8)))
        let traffic = AccuKnoxTraffic(try flows.flatMap(Self.records), golden: golden)
        return TruthCase(
            name: name, parties: traffic.parties, ports: traffic.ports, directions: [direction], golden: golden,
            learned: try learn(traffic))
    }

    private static func records(_ file: URL) throws -> [GoldenReader.Object] {
        let value = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        return GoldenReader.objects(value)
    }

    private static func json(_ records: [GoldenReader.Object]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: records, options: [.sortedKeys]), as: UTF8.self)
    }

    private static func tellingDirection(_ record: GoldenReader.Object) -> GoldenReader.Object {
        let transport = GoldenReader.object(GoldenReader.object(record["l4"])["TCP"])
        let isTold = record["reply"] != nil || record["is_reply"] != nil || transport["flags"] != nil
        return isTold || record["l7"] != nil ? record : record.merging(["is_reply": false]) { $1 }
    }
}

/// Whom and which ports the records of a case name.
struct AccuKnoxTraffic {
    private(set) var parties: [TruthParty] = []
    private(set) var ports: Set<TruthPort> = []

    init(_ records: [GoldenReader.Object], golden: TruthReach) {
        let names = Self.names(records)
        for record in records {
            let addresses = GoldenReader.object(record["IP"])
            for side in ["source", "destination"] {
                let address = (addresses[side] as? String).flatMap { IPAddress($0) }
                let party = Self.party(GoldenReader.object(record[side]), address, names, golden)
                if let party, !parties.contains(party) { parties.append(party) }
            }
            for (transport, fields) in GoldenReader.object(record["l4"]) {
                guard let transport = NetworkProtocol(name: transport) else { continue }
                let numbers = ["source_port", "destination_port"].compactMap {
                    (GoldenReader.object(fields)[$0] as? Int).flatMap { UInt16(exactly: $0) }
                }
                ports.formUnion(numbers.map { TruthPort(protocol: transport, number: $0) })
            }
        }
    }

    /// A Deployment for each pod, by the label that its name is from, which listens on all ports of the case.
    var deployments: [GoldenReader.Object] {
        parties.compactMap { party in
            guard let namespace = party.namespace else { return nil }
            let selector = party.labels.filter { $0.value == party.name }
            let declared = ports.sorted().map {
                ["containerPort": Int($0.number), "protocol": $0.protocol.name] as [String: Any]
            }
            let container: [String: Any] = ["name": "main", "ports": declared]
            return [
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": ["name": party.name, "namespace": namespace.rawValue],
                "spec": [
                    "selector": ["matchLabels": selector],
                    "template": ["metadata": ["labels": party.labels], "spec": ["containers": [container]]],
                ] as [String: Any],
            ]
        }
    }

    /// What the DNS answers among the records say.
    private static func names(_ records: [GoldenReader.Object]) -> [IPAddress: Set<String>] {
        var names: [IPAddress: Set<String>] = [:]
        for record in records {
            let answer = GoldenReader.object(GoldenReader.object(record["l7"])["dns"])
            guard let query = answer["query"] as? String else { continue }
            for address in (answer["ips"] as? [String] ?? []).compactMap({ IPAddress($0) }) {
                names[address, default: []].insert(query.hasSuffix(".") ? String(query.dropLast()) : query)
            }
        }
        return names
    }

    private static func party(
        _ endpoint: GoldenReader.Object, _ address: IPAddress?, _ names: [IPAddress: Set<String>], _ golden: TruthReach
    ) -> TruthParty? {
        let labels = (endpoint["labels"] as? [String] ?? []).map { $0.split(separator: ":", maxSplits: 1) }
        if let reserved = labels.first(where: { $0.first == "reserved" })?.last, let address {
            let entity = NetworkEntity(rawValue: String(reserved))
            guard entity == .world else {
                return TruthParty(name: String(reserved), address: address, entity: entity)
            }
            // No record tells which Service has the outside address: the golden's can only be this one.
            return .outside(address, names: names[address] ?? [], services: golden.services)
        }
        guard let namespace = endpoint["namespace"] as? String else { return nil }
        // One label is written `common:commonselector`; the golden takes it for `common=commonselector`.
        let pairs = labels.compactMap { $0.last?.split(whereSeparator: { "=:".contains($0) }).map(String.init) }
        var own = Labels(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
        own["io.kubernetes.pod.namespace"] = nil
        return .pod(namespace, own["container"] ?? own["k8s-app"] ?? "\(own)", own)
    }
}

extension TruthReach {
    fileprivate var services: Set<String> {
        let peers = policies.flatMap { $0.rules.values.flatMap { $0 } }.compactMap(\.peers).flatMap { $0 }
        return Set(peers.compactMap { if case .service(let name) = $0 { name } else { nil } })
    }
}
