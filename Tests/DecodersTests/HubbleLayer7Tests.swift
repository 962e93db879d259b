import Decoders
import Domain
import Testing

/// What proxies saw of connections, and nodes that serve the API.
@Suite struct HubbleLayer7Tests {
    private static let http = #""http":{"method":"GET","url":"http://server/","protocol":"HTTP/1.1"}"#
    private static let edge = "a/{app=client} -> b/{app=server} TCP 80"

    private static func record(_ layer7: String, _ rest: String = "", ports: (Int, Int) = (40000, 80)) -> FlowText {
        FlowText().with {
            $0.transport = #""l4":{"TCP":{"source_port":\#(ports.0),"destination_port":\#(ports.1)}},"#
            $0.rest = #""Type":"L7","l7":{\#(layer7)}\#(rest)"#
        }
    }

    private static func swapped(_ record: FlowText) -> FlowText {
        record.with { swap(&$0.source, &$0.destination) }
    }

    @Test(
        arguments: [
            #""type":"REQUEST",\#(http)"#, #"\#(http),"type":"REQUEST""#, #""type":1,\#(http)"#,
            #""type":"REQUEST","http":{"headers":[{"key":"content-type","value":"application/grpc"}]}"#,
            #""type":"REQUEST","kafka":{"api_key":"fetch"}"#,
        ], ["", #","is_reply":false"#, #","trace_reason":"REPLY""#])
    func `a request on the application layer shows its connection`(layer7: String, rest: String) {
        let decoding = Decoding(HubbleDecoder(), lines: [Self.record(layer7, rest).line])
        #expect(decoding.connections == [Self.edge + " opened"])
        #expect(decoding.records.ignored.total == 0)
    }

    @Test(arguments: [
        (#""type":"RESPONSE""#, ""), (#""type":"RESPONSE""#, #","is_reply":true"#),
        (#""type":"RESPONSE""#, #","reply":true"#), (#""type":"REQUEST""#, #","is_reply":true"#),
        (#""type":"RESPONSE""#, #","is_reply":false"#),
    ])
    func `a response answers it, with its sides swapped`(type: String, rest: String) {
        let record = Self.swapped(Self.record(type + "," + Self.http, rest, ports: (80, 40000)))
        #expect(Decoding(HubbleDecoder(), lines: [record.line]).connections == [Self.edge + " answered"])
    }

    @Test(arguments: [
        #""type":"REQUEST","dns":{"query":"x.example."}"#, #""type":"SAMPLE",\#(http)"#, http,
        #""type":"UNKNOWN_L7_TYPE",\#(http)"#, #""type":"REQUEST","http":null"#, #""type":"REQUEST""#,
    ])
    func `other records of the application layer show none`(layer7: String) {
        #expect(Decoding(HubbleDecoder(), lines: [Self.record(layer7).line]).ignored == [.applicationLayer])
    }

    @Test func `denied requests, and those without ports or TCP, show none`() {
        let request = Self.record(#""type":"REQUEST","# + Self.http)
        func ignored(_ change: (inout FlowText) -> Void) -> [IgnoreReason] {
            Decoding(HubbleDecoder(), lines: [request.with(change).line]).ignored
        }
        #expect(ignored { $0.verdict = #""verdict":"DROPPED","# } == [.verdict])
        #expect(ignored { $0.verdict = #""verdict":"REDIRECTED","# } == [.applicationLayer])
        #expect(ignored { $0.transport = FlowText.udp(40000, 80) } == [.applicationLayer])
        #expect(ignored { $0.transport = "" } == [.applicationLayer])
        #expect(ignored { $0.transport = #""l4":{"TCP":{"source_port":40000}},"# } == [.applicationLayer])
    }

    @Test func `both layers show one edge`() {
        let request = Self.record(#""type":"REQUEST","# + Self.http)
        let decoding = Decoding(HubbleDecoder(), lines: [FlowText().line, request.line])
        let edges = decoding.records.connections.map { [$0.source, $0.destination] }
        #expect(edges.count == 2 && edges[0] == edges[1])
        #expect(Set(decoding.connections).count == 1)
    }

    /// A proxy has a port of its own; records name the pods'.
    @Test(.enabled(if: Fixtures.hasShared, "the shared fixtures are not here"))
    func `real records name the port of the pod`() throws {
        let text = try Fixtures.shared("hubble/basic-sample-5-http-flows.json")
        let decoding = Decoding(HubbleDecoder(), text: text)
        #expect(decoding.records.observed == 5)
        #expect(Set(decoding.records.connections.map(\.port.rawValue)) == [9990, 10054, 9253])
        #expect(decoding.records.connections.map(\.outcome) == [.opened, .opened, .opened, .answered, .answered])
        #expect(decoding.connections.allSatisfy { $0.hasPrefix("istio-system/prometheus") || $0.hasPrefix("istio") })
    }

    // MARK: - Nodes of the control plane

    private static let both = #"{"identity":1,"labels":["reserved:host","reserved:kube-apiserver"]}"#
    private static let pod = #"{"namespace":"b","pod_name":"server-1","labels":["k8s:app=server"]}"#

    @Test(arguments: [
        (
            both, pod, #""is_reply":false,"traffic_direction":"INGRESS""#,
            "host 10.0.0.1 -> b/{app=server} TCP 80 opened"
        ),
        (both, pod, #""is_reply":false,"trafficDirection":1"#, "host 10.0.0.1 -> b/{app=server} TCP 80 opened"),
        (
            pod, both, #""is_reply":true,"traffic_direction":"INGRESS""#,
            "host 10.0.0.2 -> b/{app=server} TCP 40000 answered"
        ),
        (
            both, pod, #""is_reply":false,"traffic_direction":"EGRESS""#,
            "apiServer 10.0.0.1 -> b/{app=server} TCP 80 opened"
        ),
        (both, pod, #""is_reply":false"#, "apiServer 10.0.0.1 -> b/{app=server} TCP 80 opened"),
        (
            pod, both, #""is_reply":false,"traffic_direction":"EGRESS""#,
            "b/{app=server} -> apiServer 10.0.0.2 TCP 80 opened"
        ),
        (
            pod, both, #""is_reply":false,"traffic_direction":"INGRESS""#,
            "b/{app=server} -> apiServer 10.0.0.2 TCP 80 opened"
        ),
        (
            both, pod, #""is_reply":true,"traffic_direction":"INGRESS""#,
            "b/{app=server} -> apiServer 10.0.0.1 TCP 40000 answered"
        ),
        (
            #"{"labels":["reserved:kube-apiserver","reserved:remote-node"]}"#, pod,
            #""is_reply":false,"traffic_direction":"INGRESS""#, "apiServer 10.0.0.1 -> b/{app=server} TCP 80 opened"
        ),
        (
            both, #"{"labels":["reserved:remote-node"]}"#, #""is_reply":false,"traffic_direction":"INGRESS""#,
            "apiServer 10.0.0.1 -> remoteNode 10.0.0.2 TCP 80 opened"
        ),
    ])
    func `a node that serves the API is the own node of the pod that it opens a connection to`(
        source: String, destination: String, rest: String, expected: String
    ) {
        let record = FlowText().with {
            $0.source = source
            $0.destination = destination
            $0.rest = rest
        }
        #expect(Decoding(HubbleDecoder(), lines: [record.line]).connections == [expected])
    }
}
