import Domain

/// The fields of one flow that mean something to the decoder (flow.proto, `Flow`); messages inside as their bytes.
struct FlowFields {
    private(set) var time: UnsafeRawBufferPointer?
    private(set) var uuid = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var node = UnsafeRawBufferPointer(start: nil, count: 0)
    private var ip: UnsafeRawBufferPointer?
    private var layer4: UnsafeRawBufferPointer?
    private var layer7: UnsafeRawBufferPointer?
    private var source: UnsafeRawBufferPointer?
    private var destination: UnsafeRawBufferPointer?
    private var isReply: UnsafeRawBufferPointer?
    private var reply = false
    private var verdict: Int32 = 0
    private var type: Int32 = 0
    private var direction: Int32 = 0
    private var reason: Int32 = 0
    private var hasSourceNames = false
    private var hasDestinationNames = false
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufFault) {
        self.bytes = bytes
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: time = try field.bytes()
            case 2: verdict = try field.int32()
            case 5: ip = try field.bytes()
            case 6: layer4 = try field.bytes()
            case 8: source = try field.bytes()
            case 9: destination = try field.bytes()
            case 10: type = try field.int32()
            case 11: node = try field.bytes()
            case 13: hasSourceNames = true
            case 14: hasDestinationNames = true
            case 15: layer7 = try field.bytes()
            case 16: reply = try field.boolean()
            case 22: direction = try field.int32()
            case 26: isReply = try field.bytes()
            case 34: uuid = try field.bytes()
            case 36: reason = try field.int32()
            default: break
            }
        }
    }

    /// Appends `"flow":{...},`.
    func write(
        at time: Timestamp?, with moments: inout MomentText, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        lines.append("\"flow\":{")
        if let time {
            lines.append("\"time\":")
            moments.write(time, to: &lines)
            lines.append(",")
        }
        EnumNames.verdict.write("\"verdict\":", verdict, to: &lines)
        if let ip { try FlowParts.write(addresses: ip, to: &lines) }
        if let layer4 { try FlowParts.write(layer4: layer4, to: &lines) }
        if let source { try FlowParts.write(endpoint: source, "\"source\":{", to: &lines) }
        if let destination { try FlowParts.write(endpoint: destination, "\"destination\":{", to: &lines) }
        EnumNames.type.write("\"Type\":", type, to: &lines)
        FlowParts.write(text: node, "\"node_name\":", to: &lines)
        if hasSourceNames { try FlowParts.write(list: 13, of: bytes, "\"source_names\":[", to: &lines) }
        if hasDestinationNames { try FlowParts.write(list: 14, of: bytes, "\"destination_names\":[", to: &lines) }
        if let layer7 { try FlowParts.write(layer7: layer7, to: &lines) }
        if reply { lines.append("\"reply\":true,") }
        EnumNames.direction.write("\"traffic_direction\":", direction, to: &lines)
        EnumNames.reason.write("\"trace_reason\":", reason, to: &lines)
        if let isReply { try FlowParts.write(wrapped: isReply, "\"is_reply\":", to: &lines) }
        lines.close(UInt8(ascii: "}"))
        lines.append(",")
    }
}
