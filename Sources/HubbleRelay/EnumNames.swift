/// The names of flow.proto's enums, by number; protobuf's JSON writes a number that has no name as it is.
struct EnumNames: Sendable {
    let names: [StaticString]

    static let verdict = EnumNames(names: [
        "\"VERDICT_UNKNOWN\"", "\"FORWARDED\"", "\"DROPPED\"", "\"ERROR\"", "\"AUDIT\"", "\"REDIRECTED\"", "\"TRACED\"",
        "\"TRANSLATED\"",
    ])
    static let type = EnumNames(names: ["\"UNKNOWN_TYPE\"", "\"L3_L4\"", "\"L7\"", "\"SOCK\""])
    static let direction = EnumNames(names: ["\"TRAFFIC_DIRECTION_UNKNOWN\"", "\"INGRESS\"", "\"EGRESS\""])
    static let reason = EnumNames(names: [
        "\"TRACE_REASON_UNKNOWN\"", "\"NEW\"", "\"ESTABLISHED\"", "\"REPLY\"", "\"RELATED\"", "\"REOPENED\"",
        "\"SRV6_ENCAP\"", "\"SRV6_DECAP\"", "\"ENCRYPT_OVERLAY\"",
    ])
    static let layer7 = EnumNames(names: ["\"UNKNOWN_L7_TYPE\"", "\"REQUEST\"", "\"RESPONSE\"", "\"SAMPLE\""])
    static let lossSource = EnumNames(names: [
        "\"UNKNOWN_LOST_EVENT_SOURCE\"", "\"PERF_EVENT_RING_BUFFER\"", "\"OBSERVER_EVENTS_QUEUE\"",
        "\"HUBBLE_RING_BUFFER\"",
    ])
    static let nodeState = EnumNames(names: [
        "\"UNKNOWN_NODE_STATE\"", "\"NODE_CONNECTED\"", "\"NODE_UNAVAILABLE\"", "\"NODE_GONE\"", "\"NODE_ERROR\"",
    ])

    /// Appends a member unless it has the default, zero.
    func write(_ key: StaticString, _ value: Int32, to lines: inout LineBuffer) {
        guard value != 0 else { return }
        lines.append(key)
        if value > 0, Int(value) < names.count {
            lines.append(names[Int(value)])
        } else {
            if value < 0 { lines.append("-") }
            lines.append(number: UInt64(value.magnitude))
        }
        lines.append(",")
    }
}
