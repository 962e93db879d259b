import Domain

/// Turns one `GetFlowsResponse` into one JSON line as `hubble observe -o jsonpb` prints it, with the fields that
/// `HubbleDecoder` reads and no other, so that one decoder gives meaning to files and streams.
///
/// The field numbers are those of observer.proto and flow.proto of Cilium 1.19; the JSON is protobuf's
/// (protobuf.dev/programming-guides/json). Of a field that comes twice the last one counts; a message in parts is not
/// merged, as no encoder writes one.
package struct FlowTranscoder: Sendable {
    private var moments = MomentText()

    /// A transcoder; it remembers a date at most.
    package init() {}

    /// Appends the line of one message, with its line end. A message that cannot be read appends nothing; one that is of
    /// no kind that Relay sends appends nothing either, and is `.other`.
    package mutating func transcode(
        _ message: UnsafeRawBufferPointer, into lines: inout LineBuffer
    ) throws(ProtobufFault) -> RelayRecord {
        let start = lines.count
        do throws(ProtobufFault) {
            return try write(message, to: &lines)
        } catch {
            lines.truncate(to: start)
            throw error
        }
    }

    private mutating func write(
        _ message: UnsafeRawBufferPointer, to lines: inout LineBuffer
    ) throws(ProtobufFault) -> RelayRecord {
        let envelope = try Envelope(message)
        var record = RelayRecord(
            kind: envelope.kind, time: nil, identity: .whole(message), node: envelope.node, content: envelope.content)
        if record.kind == .other { return record }
        var envelopeTime = try envelope.time.map { bytes throws(ProtobufFault) in try MomentText.read(bytes) }
        lines.append("{")
        switch record.kind {
        case .flow:
            let flow = try FlowFields(envelope.content)
            record.time = try flow.time.map { bytes throws(ProtobufFault) in try MomentText.read(bytes) }
            if !flow.uuid.isEmpty { record.identity = .uuid(flow.uuid) }
            if record.node.isEmpty { record.node = flow.node }
            try flow.write(at: record.time, with: &moments, to: &lines)
            // The decoder asks the envelope for a time only where the flow has none.
            if record.time != nil { envelopeTime = nil }
        case .lost: try Self.write(lost: envelope.content, to: &lines)
        case .nodeStatus: try Self.write(nodeStatus: envelope.content, to: &lines)
        case .other: break
        }
        if let envelopeTime {
            lines.append("\"time\":")
            moments.write(envelopeTime, to: &lines)
        }
        record.time = record.time ?? envelopeTime
        lines.close(UInt8(ascii: "}"))
        lines.append("\n")
        return record
    }

    private static func write(
        lost bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        var source: Int32 = 0
        var count: UInt64 = 0
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: source = try field.int32()
            case 2: count = try field.integer()
            default: break
            }
        }
        lines.append("\"lost_events\":{")
        EnumNames.lossSource.write("\"source\":", source, to: &lines)
        if count > 0 {
            lines.append("\"num_events_lost\":\"")
            lines.append(number: count)
            lines.append("\"")
        }
        lines.close(UInt8(ascii: "}"))
        lines.append(",")
    }

    private static func write(
        nodeStatus bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        var state: Int32 = 0
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            if field.number == 1 { state = try field.int32() }
        }
        lines.append("\"node_status\":{")
        EnumNames.nodeState.write("\"state_change\":", state, to: &lines)
        lines.close(UInt8(ascii: "}"))
        lines.append(",")
    }
}

/// What is around a flow, a loss or a node's state (observer.proto, `GetFlowsResponse`).
private struct Envelope {
    var kind = RelayRecord.Kind.other
    var content = UnsafeRawBufferPointer(start: nil, count: 0)
    var node = UnsafeRawBufferPointer(start: nil, count: 0)
    var time: UnsafeRawBufferPointer?

    init(_ message: UnsafeRawBufferPointer) throws(ProtobufFault) {
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: (kind, content) = (.flow, try field.bytes())
            case 2: (kind, content) = (.nodeStatus, try field.bytes())
            case 3: (kind, content) = (.lost, try field.bytes())
            case 1000: node = try field.bytes()
            case 1001: time = try field.bytes()
            default: break
            }
        }
    }
}
