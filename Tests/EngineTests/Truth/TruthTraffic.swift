import Domain
import Foundation

/// Connections as Hubble would have shown them, for inputs of other forms.
struct TruthTraffic {
    struct Connection {
        let source: TruthParty
        let destination: TruthParty
        let port: TruthPort
    }

    var connections: [Connection]

    /// The records as a JSON array; each says that it is no reply.
    func json() throws -> String {
        let records = connections.map(Self.record)
        return String(decoding: try JSONSerialization.data(withJSONObject: records), as: UTF8.self)
    }

    private static func record(_ connection: Connection) -> [String: Any] {
        var record: [String: Any] = [
            "verdict": "FORWARDED", "Type": "L3_L4", "is_reply": false,
            "IP": [
                "source": connection.source.address?.description ?? "10.244.0.1",
                "destination": connection.destination.address?.description ?? "10.244.0.2",
            ],
            "l4": [
                connection.port.protocol.name: ["source_port": 40_000, "destination_port": connection.port.number]
            ],
            "source": endpoint(connection.source), "destination": endpoint(connection.destination),
        ]
        let names = connection.destination.hostNames.sorted()
        if !names.isEmpty { record["destination_names"] = names }
        return record
    }

    /// A Service address is nobody's endpoint.
    private static func endpoint(_ party: TruthParty) -> [String: Any] {
        guard let namespace = party.namespace else {
            return party.entity.map { ["labels": ["reserved:\($0.rawValue)"]] } ?? [:]
        }
        return [
            "namespace": namespace.rawValue, "pod_name": party.name,
            "labels": party.labels.sorted { $0.key < $1.key }.map { "k8s:\($0.key)=\($0.value)" },
        ]
    }
}

extension KnownDifferences.Reason {
    /// Every subject with every other side and port: `+ web -> db TCP/5432`.
    static func cells(
        _ sign: String, _ subjects: [String], _ arrow: String, _ others: [String], _ ports: String...
    ) -> [String] {
        subjects.flatMap { subject in
            others.flatMap { other in ports.map { "\(sign) \(subject) \(arrow) \(other) \($0)" } }
        }
    }
}
