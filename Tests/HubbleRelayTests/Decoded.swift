import Decoders
import Domain

/// What the decoder makes of lines, in a form that compares.
struct Decoded: Equatable {
    var connections: [String] = []
    var names: [String] = []
    var pods: [String] = []
    var ignored: [String] = []
    var rejected: [String] = []
    var lost: Int64 = 0
    var records = 0

    init(_ lines: [UInt8]) {
        let decoder = HubbleDecoder()
        // The decoder may read 64 bytes behind its input.
        let padded = lines + [UInt8](repeating: 0, count: 64)
        var records = DecodedRecords(rejectionsWanted: 100)
        padded.withUnsafeBytes { all in
            var start = 0
            while start < lines.count {
                let rest = UnsafeRawBufferPointer(rebasing: all[start..<lines.count])
                let progress = decoder.decode(rest, as: .lines(isLast: true), into: &records)
                guard progress.consumed > 0 else { break }
                start += progress.consumed
            }
        }
        connections = records.connections.map { Self.show($0, decoder) }
        names = records.names.map {
            "\(decoder.tables.names[Int($0.sighting.name)]) \(decoder.tables.addresses[Int($0.sighting.address)]) "
                + "\($0.time.rawValue)"
        }
        pods = records.pods.map {
            "\(decoder.tables.pods[Int($0.pod)].name) \(decoder.tables.addresses[Int($0.address)]) \($0.time.rawValue)"
        }
        ignored = records.ignored.sorted.map { "\($0.reason.rawValue): \($0.count)" }
        rejected = records.rejected.sorted.map { "\($0.reason.rawValue): \($0.count)" }
        lost = records.days.map(\.lost).reduce(0, +)
        self.records = records.count
    }

    private static func show(_ connection: Connection, _ decoder: HubbleDecoder) -> String {
        "\(show(decoder.tables.peer(connection.source))) -> \(show(decoder.tables.peer(connection.destination))) "
            + "\(connection.protocol.name) \(connection.port) \(connection.outcome) \(connection.direction) "
            + "\(connection.time.rawValue) \(decoder.sample(connection.sample))"
    }

    private static func show(_ peer: ObservedPeer) -> String {
        let labels = peer.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return [
            "\(peer.kind)", peer.remoteCluster, "\(peer.namespace)", peer.workloadKind, peer.workloadName, peer.podName,
            labels, peer.address.map { "\($0)" } ?? "",
        ].joined(separator: "/")
    }
}
