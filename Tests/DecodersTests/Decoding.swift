import Decoders
import Domain

/// Decodes texts as lines and shows what comes of them in a readable form.
struct Decoding {
    let decoder: any RecordDecoder
    private(set) var records = DecodedRecords(rejectionsWanted: 100)

    init(_ decoder: any RecordDecoder, lines: [String]) { self.init(decoder, text: lines.joined(separator: "\n")) }

    init(_ decoder: any RecordDecoder, text: String) { self.init(decoder, bytes: Array(text.utf8)) }

    init(_ decoder: any RecordDecoder, bytes: [UInt8]) {
        self.decoder = decoder
        // The decoder may read 64 bytes behind its input.
        let padded = bytes + [UInt8](repeating: 0, count: 64)
        padded.withUnsafeBytes { all in
            var start = 0
            while start < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: all[start..<bytes.count])
                let progress = decoder.decode(rest, as: .lines(isLast: true), into: &records)
                start += progress.consumed
                if progress.stop == .special { start += decodeLine(rest.dropFirst(progress.consumed)) }
            }
        }
    }

    private mutating func decodeLine(_ rest: Slice<UnsafeRawBufferPointer>) -> Int {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        _ = decoder.decode(UnsafeRawBufferPointer(rebasing: line), as: .single, into: &records)
        return line.count
    }

    var connections: [String] { records.connections.map { show($0) } }

    private func show(_ connection: Connection) -> String {
        let sides = [connection.source, connection.destination].map { Self.show(decoder.tables.peer($0)) }
        let direction = connection.direction == .known ? "" : " unknown"
        return
            "\(sides[0]) -> \(sides[1]) \(connection.protocol.name) \(connection.port) "
            + "\(connection.outcome)\(direction)"
    }

    static func show(_ peer: ObservedPeer) -> String {
        guard peer.kind == .pod else { return peer.address.map { "\(peer.kind) \($0)" } ?? "\(peer.kind)" }
        let owner = peer.workloadName.isEmpty ? peer.podName : "\(peer.workloadKind)/\(peer.workloadName)"
        let labels = peer.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let cluster = peer.remoteCluster.isEmpty ? "" : "\(peer.remoteCluster):"
        return "\(cluster)\(peer.namespace)/\(owner){\(labels)}"
    }

    var accesses: [String] { records.accesses.map { show($0) } }

    private func show(_ access: Access) -> String {
        let action = decoder.tables.actions[Int(access.action)]
        let subject = decoder.tables.subjects[Int(access.subject)]
        let marks = (access.isCounted ? "" : " again") + (access.isDryRun ? " dry" : "")
        return "\(subject): \(Self.show(action)) \(access.decision)\(marks)"
    }

    /// The workload that each access came from, where one is known.
    var callers: [String] { records.accesses.map { $0.caller < 0 ? "" : decoder.tables.callers[Int($0.caller)] } }

    /// Each access' sample.
    var samples: [String] { records.accesses.map { decoder.sample($0.sample) } }

    static func show(_ action: AccessAction) -> String {
        guard action.isResourceRequest else { return "\(action.verb) \(action.path)" }
        let group = action.apiGroup.isEmpty ? "" : ".\(action.apiGroup)"
        let space = action.namespace == .clusterScope ? "" : " in \(action.namespace)"
        let name = action.name.isEmpty ? "" : " \(action.name)"
        return "\(action.verb) \(action.resourceWithSubresource)\(group)\(name)\(space)"
    }

    var names: [String] {
        records.names.map {
            "\(decoder.tables.names[Int($0.sighting.name)]) \(decoder.tables.addresses[Int($0.sighting.address)])"
        }
    }

    var pods: [String] {
        records.pods.map {
            "\(decoder.tables.pods[Int($0.pod)].name) \(decoder.tables.addresses[Int($0.address)])"
        }
    }

    var memberships: [String] {
        records.users.map {
            let user = decoder.tables.users[Int($0.user)]
            return "\(decoder.tables.subjects[Int(user.subject)]) \(user.groups)"
        }
    }

    var ignored: [IgnoreReason] { records.ignored.sorted.map(\.reason) }
    var rejected: [Diagnostic.Kind] { records.rejected.sorted.map(\.reason) }
}
