import Decoders
import Domain
import Testing

@Suite struct HubbleDecoderTests {
    /// The connection in short: which side opened it, port, outcome.
    private static func short(_ text: FlowText) -> String? {
        let decoding = Decoding(HubbleDecoder(), lines: [text.line])
        return decoding.connections.first?.replacing("a/{app=client}", with: "a").replacing("b/{app=server}", with: "b")
    }

    @Test(arguments: [
        (#""is_reply":false"#, FlowText.tcp(40000, 80, "ACK"), "a -> b TCP 80 opened"),
        (#""is_reply":true"#, FlowText.tcp(80, 40000, "ACK"), "b -> a TCP 80 answered"),
        (#""is_reply":true"#, FlowText.tcp(80, 40000, "RST", "ACK"), "b -> a TCP 80 refused"),
        (#""is_reply":true"#, FlowText.udp(53, 40000), "b -> a UDP 53 answered"),
        (#""isReply":true"#, FlowText.tcp(80, 40000, "ACK"), "b -> a TCP 80 answered"),
        (#""is_reply":null,"reply":true"#, FlowText.tcp(80, 40000, "ACK"), "b -> a TCP 80 answered"),
        (#""reply":true"#, FlowText.tcp(80, 40000, "ACK"), "b -> a TCP 80 answered"),
        (#""is_reply":false"#, FlowText.tcp(80, 40000, "SYN", "ACK"), "b -> a TCP 80 answered"),
        (#""uuid":"""#, FlowText.tcp(40000, 80, "SYN"), "a -> b TCP 80 attempted"),
        (#""uuid":"""#, FlowText.tcp(80, 40000, "SYN", "ACK"), "b -> a TCP 80 answered"),
        (#""trace_reason":"NEW""#, FlowText.udp(40000, 53), "a -> b UDP 53 opened"),
        (#""trace_reason":"ESTABLISHED""#, FlowText.udp(50000, 40000), "a -> b UDP 40000 opened"),
        (#""trace_reason":3"#, FlowText.udp(53, 40000), "b -> a UDP 53 answered"),
        (#""trace_reason":"RELATED""#, FlowText.udp(53, 40000), "b -> a UDP 53 opened unknown"),
        (#""uuid":"""#, FlowText.tcp(40000, 80, "ACK"), "a -> b TCP 80 opened unknown"),
        (#""uuid":"""#, FlowText.tcp(8080, 40000, "ACK"), "b -> a TCP 8080 opened unknown"),
        (#""uuid":"""#, FlowText.tcp(443, 20000, "ACK"), "b -> a TCP 443 opened unknown"),
        (#""uuid":"""#, FlowText.tcp(40000, 40001, "ACK"), "a -> b TCP 40001 opened unknown"),
        (#""uuid":"""#, FlowText.tcp(9000, 8080, "ACK"), "a -> b TCP 8080 opened unknown"),
    ]) func `the direction follows the record's own word, then flags, then ports`(
        rest: String, transport: String, expected: String
    ) {
        let text = FlowText().with {
            $0.rest = rest
            $0.transport = transport
        }
        #expect(Self.short(text) == expected)
    }

    @Test(arguments: [
        (#""ICMPv4":{"type":8}"#, #""is_reply":false"#, true), (#""ICMPv4":{"type":8}"#, #""uuid":"""#, true),
        (#""ICMPv6":{"type":128}"#, #""is_reply":false"#, true), (#""ICMPv4":{}"#, #""is_reply":true"#, false),
        (#""ICMPv4":{"type":0}"#, #""uuid":"""#, false), (#""ICMPv4":{"type":3,"code":1}"#, #""uuid":"""#, false),
        (#""ICMPv6":{"type":129}"#, #""uuid":"""#, false), (#""ICMPv4":{"type":128}"#, #""uuid":"""#, false),
    ]) func `of ICMP only echo requests are observations`(transport: String, rest: String, isObserved: Bool) {
        let text = FlowText().with {
            $0.transport = "\"l4\":{\(transport)},"
            $0.rest = rest
        }
        let decoding = Decoding(HubbleDecoder(), lines: [text.line])
        #expect(decoding.records.observed == (isObserved ? 1 : 0))
        #expect(decoding.records.ignored[.icmpReply] == (isObserved ? 0 : 1))
    }

    @Test(
        arguments: [
            (#""FORWARDED""#, nil), (#""AUDIT""#, nil), (#""REDIRECTED""#, nil), ("1", nil), ("5", nil),
            (#""DROPPED""#, IgnoreReason.verdict), (#""ERROR""#, .verdict), ("2", .verdict), ("0", .verdict),
            (#""SOMETHING_NEW""#, .verdict), ("null", .verdict), (#""TRACED""#, .socketEvent),
            (#""TRANSLATED""#, .socketEvent),
        ] as [(String, IgnoreReason?)]) func `only traffic that went through is learned`(
            verdict: String, reason: IgnoreReason?
        )
    {
        let decoding = Decoding(
            HubbleDecoder(), lines: [FlowText().with { $0.verdict = "\"verdict\":\(verdict)," }.line])
        #expect(decoding.ignored == [reason].compactMap { $0 })
        #expect(decoding.records.observed == (reason == nil ? 1 : 0))
        #expect(reason == nil || decoding.pods.isEmpty)
    }

    @Test(arguments: [
        (#"{"identity":2,"labels":["reserved:world"]}"#, "world 10.0.0.2"),
        (#"{"labels":["reserved:world-ipv4"]}"#, "world 10.0.0.2"),
        (#"{"labels":["cidr:10.0.0.0/8=","reserved:world"]}"#, "world 10.0.0.2"),
        (#"{"labels":["fqdn:*.example.com"]}"#, "world 10.0.0.2"),
        (#"{"labels":["reserved:host"]}"#, "host 10.0.0.2"),
        (#"{"labels":["reserved:remote-node"]}"#, "remoteNode 10.0.0.2"),
        (#"{"labels":["reserved:remote-node","reserved:kube-apiserver"]}"#, "apiServer 10.0.0.2"),
        (#"{"labels":["reserved:host","reserved:kube-apiserver"]}"#, "apiServer 10.0.0.2"),
        (#"{"labels":["reserved:kube-apiserver","reserved:world"]}"#, "apiServer 10.0.0.2"),
        (#"{"labels":["reserved:unknown"]}"#, "unknown 10.0.0.2"),
        (#"{"labels":["reserved:unmanaged"]}"#, "unknown 10.0.0.2"),
        (#"{"labels":["reserved:ingress"]}"#, "unknown 10.0.0.2"),
        (#"{"labels":["reserved:init"]}"#, "unknown 10.0.0.2"),
        (#"{"identity":1}"#, "host 10.0.0.2"), (#"{"identity":16777300}"#, "world 10.0.0.2"),
        ("{}", "unknown 10.0.0.2"), ("null", "unknown 10.0.0.2"),
        (#"{"namespace":"b","pod_name":"p","labels":["reserved:world"]}"#, "b/p{}"),
        (#"{"namespace":"b","podName":"p"}"#, "b/p{}"),
        (#"{"namespace":"b","pod_name":"p","labels":["reserved:host"]}"#, "host 10.0.0.2"),
        (#"{"namespace":"b"}"#, "unknown 10.0.0.2"),
        (#"{"labels":["k8s:app=x","k8s:io.kubernetes.pod.namespace=b"]}"#, "b/{app=x}"),
        (
            #"{"cluster_name":"eu","namespace":"b","workloads":[{"name":"w","kind":"Job"},{"name":"v"}]}"#,
            "eu:b/Job/w{}"
        ),
    ]) func `endpoints become peers`(endpoint: String, expected: String) {
        let decoding = Decoding(HubbleDecoder(), lines: [FlowText().with { $0.destination = endpoint }.line])
        let peer = decoding.records.connections.first.map { decoding.decoder.tables.peer($0.destination) }
        #expect(peer.map { Decoding.show($0) } == expected)
    }

    @Test func `labels of the plugin and of single pods are dropped`() {
        let labels = [
            "k8s:app=x", "k8s:empty=", "k8s:bare", "k8s:a/b=c=d", "k8s:io.kubernetes.pod.namespace=b",
            "k8s:io.cilium.k8s.policy.cluster=prod", "k8s:io.cilium.k8s.namespace.labels.team=t",
            "k8s:pod-template-hash=1", "k8s:controller-revision-hash=1", "k8s:statefulset.kubernetes.io/pod-name=x-0",
            "k8s:apps.kubernetes.io/pod-index=0", "k8s:batch.kubernetes.io/job-name=j", "k8s:job-name=j",
            "k8s:controller-uid=u", "k8s:topology.kubernetes.io/zone=z", "container:other=1", "k8s:bad value=a b",
        ]
        let list = labels.map { "\"\($0)\"" }.joined(separator: ",")
        let text = FlowText().with { $0.source = "{\"namespace\":\"b\",\"pod_name\":\"p\",\"labels\":[\(list)]}" }
        let decoding = Decoding(HubbleDecoder(), lines: [text.line])
        #expect(decoding.connections.first?.hasPrefix("b/{app=x,bare=,empty=} -> ") == true)
    }

    @Test func `health checks of the plugin are no observation`() {
        let text = FlowText().with { $0.destination = #"{"identity":4,"labels":["reserved:health"]}"# }
        #expect(Decoding(HubbleDecoder(), lines: [text.line]).ignored == [.healthCheck])
    }

    @Test(arguments: [
        (#""IP":{"source":"::ffff:10.0.0.1","destination":"10.0.0.2"},"#, "10.0.0.1"),
        (#""IP":{"source":"2001:DB8:0::1","destination":"10.0.0.2"},"#, "2001:db8::1"),
    ]) func `addresses become canonical`(addresses: String, expected: String) {
        let text = FlowText().with {
            $0.addresses = addresses
            $0.source = #"{"labels":["reserved:world"]}"#
        }
        #expect(
            Decoding(HubbleDecoder(), lines: [text.line]).connections.first?.hasPrefix("world \(expected) ") == true)
    }

    @Test(arguments: [#""IP":null,"#, "", #""IP":{"source":null,"destination":""},"#])
    func `a pod needs no address, anything else does`(addresses: String) {
        let pods = FlowText().with { $0.addresses = addresses }
        let decoding = Decoding(HubbleDecoder(), lines: [pods.line])
        #expect(decoding.records.observed == 1)
        #expect(decoding.pods.isEmpty)
        let world = pods.with { $0.source = #"{"labels":["reserved:world"]}"# }
        #expect(Decoding(HubbleDecoder(), lines: [world.line]).ignored == [.noAddress])
    }

    @Test(arguments: [#""l4":{},"#, #""l4":null,"#, "", #""l4":{"VRRP":{"type":1}},"#, #""l4":{"IGMP":{}},"#])
    func `a record without a protocol that a policy can name is ignored`(transport: String) {
        let text = FlowText().with { $0.transport = transport }
        #expect(Decoding(HubbleDecoder(), lines: [text.line]).ignored == [.noTransport])
    }

    @Test func `a DNS answer names its addresses, a question does not`() {
        let answer = FlowText().with {
            $0.rest =
                #""Type":"L7","l7":{"type":"RESPONSE","dns":{"query":"API.Example.com.","ips":["1.2.3.4","::1","x"]}}"#
        }
        let question = answer.with { $0.rest = $0.rest.replacing("RESPONSE", with: "REQUEST") }
        let decoding = Decoding(HubbleDecoder(), lines: [answer.line, question.line])
        #expect(decoding.names == ["api.example.com 1.2.3.4", "api.example.com ::1"])
        #expect(decoding.records.ignored[.applicationLayer] == 2)
    }

    @Test func `names that no DNS name can be are dropped`() {
        let names = #"["ok.example","with space","\u001b[31m","a/b","",".","x\"y"]"#
        let text = FlowText().with { $0.rest = "\"destination_names\":\(names),\"is_reply\":false" }
        let decoding = Decoding(HubbleDecoder(), lines: [text.line])
        #expect(decoding.names.first == "ok.example 10.0.0.2")
        #expect(decoding.names.allSatisfy { !$0.contains("\u{1b}") && !$0.contains("/") && !$0.contains("\"") })
    }

    @Test func `bare flows and lower camel case are understood`() {
        let bare = FlowText().flow
        let camel = FlowText().with {
            $0.transport = #""l4":{"TCP":{"sourcePort":40000,"destinationPort":80,"flags":{"ACK":true}}},"#
            $0.source = #"{"namespace":"a","podName":"client-1","labels":["k8s:app=client"]}"#
            $0.rest = #""nodeName":"n","destinationNames":["x.example"],"isReply":false"#
        }
        let decoding = Decoding(HubbleDecoder(), lines: [bare, camel.line])
        #expect(decoding.connections == Array(repeating: "a/{app=client} -> b/{app=server} TCP 80 opened", count: 2))
        #expect(decoding.names == ["x.example 10.0.0.2"])
    }

    @Test func `the time is the flow's, then the envelope's, then the default`() {
        let without = FlowText().with { $0.time = "" }
        let enveloped = "{\"flow\":\(without.flow),\"time\":\"2026-11-02T00:00:00Z\"}"
        let times = Decoding(HubbleDecoder(), lines: [FlowText().line, enveloped]).records.connections.map(\.time)
        #expect(times == [Timestamp("2026-11-01T00:00:01.5Z"), Timestamp("2026-11-02T00:00:00Z")])
        #expect(Decoding(HubbleDecoder(), lines: [without.line]).rejected == [.missingTime])
        let withDefault = HubbleDecoder(defaultTime: Timestamp(seconds: 7))
        #expect(Decoding(withDefault, lines: [without.line]).records.connections.map(\.time) == [Timestamp(seconds: 7)])
    }

    @Test func `samples are short and free of control characters`() {
        let long = String(repeating: "x", count: 200)
        let text = FlowText().with { $0.rest = "\"node_name\":\"\\u001b[2J\(long)\",\"is_reply\":false" }
        let decoding = Decoding(HubbleDecoder(), lines: [text.line])
        let sample = decoding.decoder.sample(decoding.records.connections[0].sample)
        #expect(sample.count <= 160)
        #expect(sample.contains("\\u{1b}[2J"))
    }

    @Test(
        .enabled(if: Fixtures.hasShared, "the shared fixtures are not here"),
        arguments: ["400-udp", "330-dns", "400-icmpv4", "5-dns", "5-http", "10"])
    func `records of real clusters decode without a rejection`(name: String) throws {
        let decoding = Decoding(HubbleDecoder(), text: try Fixtures.shared("hubble/basic-sample-\(name)-flows.json"))
        #expect(decoding.rejected.isEmpty)
        #expect(decoding.records.count > 0)
        #expect(decoding.records.observed + decoding.records.ignored.total == decoding.records.count)
    }
}
