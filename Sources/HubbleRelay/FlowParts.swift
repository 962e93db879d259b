/// Writes the messages inside a flow; each member ends in a comma, which the object's end takes back.
enum FlowParts {
    /// A text, unless it is empty.
    static func write(text: UnsafeRawBufferPointer, _ key: StaticString, to lines: inout LineBuffer) {
        guard !text.isEmpty else { return }
        lines.append(key)
        lines.append(quoted: text)
        lines.append(",")
    }

    /// The texts of a repeated field, wherever they stand in their message.
    static func write(
        list number: UInt32, of message: UnsafeRawBufferPointer, _ opening: StaticString, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        lines.append(opening)
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            guard field.number == number else { continue }
            lines.append(quoted: try field.bytes())
            lines.append(",")
        }
        lines.close(UInt8(ascii: "]"))
        lines.append(",")
    }

    /// A `BoolValue`: there are three states, and absent is the caller's.
    static func write(
        wrapped bytes: UnsafeRawBufferPointer, _ key: StaticString, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        var truth = false
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            if field.number == 1 { truth = try field.boolean() }
        }
        lines.append(key)
        lines.append(truth ? "true," : "false,")
    }

    private static func write(number: UInt32, _ key: StaticString, to lines: inout LineBuffer) {
        guard number != 0 else { return }
        lines.append(key)
        lines.append(number: UInt64(number))
        lines.append(",")
    }

    private static func end(_ lines: inout LineBuffer) {
        lines.close(UInt8(ascii: "}"))
        lines.append(",")
    }

    /// `IP`.
    static func write(addresses bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer) throws(ProtobufFault) {
        var source = UnsafeRawBufferPointer(start: nil, count: 0)
        var destination = source
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: source = try field.bytes()
            case 2: destination = try field.bytes()
            default: break
            }
        }
        lines.append("\"IP\":{")
        write(text: source, "\"source\":", to: &lines)
        write(text: destination, "\"destination\":", to: &lines)
        end(&lines)
    }

    /// `Layer4`: one protocol, the last one if there are several.
    static func write(layer4 bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer) throws(ProtobufFault) {
        var known: (number: UInt32, content: UnsafeRawBufferPointer)?
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            guard (1...7).contains(field.number) else { continue }
            known = (field.number, try field.bytes())
        }
        guard let known else { return }
        lines.append("\"l4\":{")
        switch known.number {
        case 1: try write(transport: known.content, "\"TCP\":{", hasPorts: true, to: &lines)
        case 2: try write(transport: known.content, "\"UDP\":{", hasPorts: true, to: &lines)
        case 3: try write(transport: known.content, "\"ICMPv4\":{", hasPorts: false, to: &lines)
        case 4: try write(transport: known.content, "\"ICMPv6\":{", hasPorts: false, to: &lines)
        case 5: try write(transport: known.content, "\"SCTP\":{", hasPorts: true, to: &lines)
        default: break
        }
        end(&lines)
    }

    private static func write(
        transport bytes: UnsafeRawBufferPointer, _ opening: StaticString, hasPorts: Bool, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        var first: UInt32 = 0
        var second: UInt32 = 0
        var flags: UnsafeRawBufferPointer?
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: first = try field.uint32()
            case 2: second = try field.uint32()
            case 3: flags = try field.bytes()
            default: break
            }
        }
        lines.append(opening)
        if hasPorts {
            write(number: first, "\"source_port\":", to: &lines)
            write(number: second, "\"destination_port\":", to: &lines)
        } else {
            write(number: first, "\"type\":", to: &lines)
        }
        if let flags { try write(flags: flags, to: &lines) }
        end(&lines)
    }

    private static func write(flags bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer) throws(ProtobufFault) {
        var (syn, rst, ack) = (false, false, false)
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 2: syn = try field.boolean()
            case 3: rst = try field.boolean()
            case 5: ack = try field.boolean()
            default: break
            }
        }
        lines.append("\"flags\":{")
        if syn { lines.append("\"SYN\":true,") }
        if rst { lines.append("\"RST\":true,") }
        if ack { lines.append("\"ACK\":true,") }
        end(&lines)
    }

    /// `Layer7`: its type, a DNS answer, and whether the record is of HTTP or Kafka, which are spoken over a connection.
    static func write(layer7 bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer) throws(ProtobufFault) {
        var type: Int32 = 0
        var known: (number: UInt32, content: UnsafeRawBufferPointer)?
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: type = try field.int32()
            case 100, 101, 102: known = (field.number, try field.bytes())
            default: break
            }
        }
        lines.append("\"l7\":{")
        EnumNames.layer7.write("\"type\":", type, to: &lines)
        switch known?.number {
        case 100: try write(dns: known?.content ?? bytes, to: &lines)
        case 101: lines.append("\"http\":{},")
        case 102: lines.append("\"kafka\":{},")
        default: break
        }
        end(&lines)
    }

    private static func write(dns bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer) throws(ProtobufFault) {
        var query = UnsafeRawBufferPointer(start: nil, count: 0)
        var hasAddresses = false
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: query = try field.bytes()
            case 2: hasAddresses = true
            default: break
            }
        }
        lines.append("\"dns\":{")
        write(text: query, "\"query\":", to: &lines)
        if hasAddresses { try write(list: 2, of: bytes, "\"ips\":[", to: &lines) }
        end(&lines)
    }
}
