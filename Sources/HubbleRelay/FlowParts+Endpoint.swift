extension FlowParts {
    /// `Endpoint`, always in the same order, so that the decoder knows the same endpoint again by its text.
    static func write(
        endpoint bytes: UnsafeRawBufferPointer, _ opening: StaticString, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        var (namespace, pod, cluster) = (empty, empty, empty)
        var identity: UInt32 = 0
        var (hasLabels, hasWorkloads) = (false, false)
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 2: identity = try field.uint32()
            case 3: namespace = try field.bytes()
            case 4: hasLabels = true
            case 5: pod = try field.bytes()
            case 6: hasWorkloads = true
            case 7: cluster = try field.bytes()
            default: break
            }
        }
        lines.append(opening)
        if identity != 0 {
            lines.append("\"identity\":")
            lines.append(number: UInt64(identity))
            lines.append(",")
        }
        write(text: cluster, "\"cluster_name\":", to: &lines)
        write(text: namespace, "\"namespace\":", to: &lines)
        if hasLabels { try write(list: 4, of: bytes, "\"labels\":[", to: &lines) }
        write(text: pod, "\"pod_name\":", to: &lines)
        if hasWorkloads { try write(workloadsOf: bytes, to: &lines) }
        lines.close(UInt8(ascii: "}"))
        lines.append(",")
    }

    private static func write(
        workloadsOf endpoint: UnsafeRawBufferPointer, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        lines.append("\"workloads\":[")
        var reader = ProtobufReader(endpoint)
        while let field = try reader.next() {
            guard field.number == 6 else { continue }
            try write(workload: field.bytes(), to: &lines)
        }
        lines.close(UInt8(ascii: "]"))
        lines.append(",")
    }

    private static func write(
        workload bytes: UnsafeRawBufferPointer, to lines: inout LineBuffer
    ) throws(ProtobufFault) {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var kind = name
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.bytes()
            case 2: kind = try field.bytes()
            default: break
            }
        }
        lines.append("{")
        write(text: name, "\"name\":", to: &lines)
        write(text: kind, "\"kind\":", to: &lines)
        lines.close(UInt8(ascii: "}"))
        lines.append(",")
    }
}
