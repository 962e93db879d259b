/// Writes a flow record; every part can be replaced.
struct FlowText {
    var time = #""time":"2026-11-01T00:00:01.5Z","#
    var verdict = #""verdict":"FORWARDED","#
    var addresses = #""IP":{"source":"10.0.0.1","destination":"10.0.0.2"},"#
    var transport = #""l4":{"TCP":{"source_port":40000,"destination_port":80,"flags":{"ACK":true}}},"#
    var source = #"{"namespace":"a","pod_name":"client-1","labels":["k8s:app=client"]}"#
    var destination = #"{"namespace":"b","pod_name":"server-1","labels":["k8s:app=server"]}"#
    var rest = #""Type":"L3_L4","is_reply":false"#

    var flow: String {
        "{\(time)\(verdict)\(addresses)\(transport)\"source\":\(source),\"destination\":\(destination),\(rest)}"
    }

    var line: String { "{\"flow\":\(flow)}" }

    func with(_ change: (inout FlowText) -> Void) -> FlowText {
        var copy = self
        change(&copy)
        return copy
    }

    static func tcp(_ source: Int, _ destination: Int, _ flags: String...) -> String {
        let set = flags.map { "\"\($0)\":true" }.joined(separator: ",")
        return "\"l4\":{\"TCP\":{\"source_port\":\(source),\"destination_port\":\(destination),\"flags\":{\(set)}}},"
    }

    static func udp(_ source: Int, _ destination: Int) -> String {
        "\"l4\":{\"UDP\":{\"source_port\":\(source),\"destination_port\":\(destination)}},"
    }
}
