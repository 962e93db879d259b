extension MalformedBody.Source {
    /// A record that has to be kept; the number makes it another one.
    package func good(_ number: Int) -> String {
        switch self {
        case .hubble: Self.flow(port: 4242, second: number).text
        case .audit: Self.event(name: "kept", number: number).text
        }
    }

    func good(_ numbers: Range<Int>) -> [String] { numbers.map { good($0) } }

    /// A record of each form that the decoder knows.
    package var forms: [String] {
        [good(0), victim.text] + (self == .audit ? Self.envelopes.map(\.record.text) : [])
    }

    /// A whole record, with every field that the decoder reads, to be broken.
    var victim: JSONText {
        switch self {
        case .hubble: Self.flow(port: 81, second: 30)
        case .audit: Self.event(name: "lost", number: 30)
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func flow(port: Int, second: Int) -> JSONText {
        let time: JSONText = .raw("\"2026-11-01T00:00:\(two(second % 60)).5Z\"")
        func endpoint(_ name: String) -> JSONText {
            [
                "ID": 100, "identity": 10792, "cluster_name": "prod", "namespace": "shop",
                "labels": [.raw("\"k8s:app=\(name)\""), "fqdn:a.example.org", "reserved:none"],
                "pod_name": .raw("\"\(name)-7d9c-abcde\""),
                "workloads": [["name": .raw("\"\(name)\""), "kind": "Deployment"]],
            ]
        }
        return [
            "flow": [
                "time": time, "uuid": "u", "verdict": "FORWARDED",
                "IP": ["source": "10.1.0.1", "destination": "10.1.0.2", "ipVersion": "IPv4"],
                "l4": [
                    "TCP": [
                        "source_port": 45678, "destination_port": .raw("\(port)"),
                        "flags": ["SYN": true, "ACK": false, "RST": false],
                    ]
                ],
                "source": endpoint("web"), "destination": endpoint("api"), "Type": "L3_L4", "node_name": "prod/n1",
                "source_names": ["web.example.org"], "destination_names": ["api.example.org"],
                "l7": ["type": "REQUEST", "dns": ["query": "a.", "ips": ["10.0.0.9"]], "http": ["method": "GET"]],
                "event_type": ["type": 4], "traffic_direction": "EGRESS", "trace_reason": "NEW", "is_reply": false,
                "reply": false, "Summary": "x",
            ],
            "node_name": "prod/n1", "time": time,
        ]
    }

    private static func event(name: String, number: Int) -> JSONText {
        let path = "/api/v1/namespaces/shop/configmaps/\(name)"
        return [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
            "auditID": .raw("\"\(name)-\(number)\""), "stage": "ResponseComplete",
            "requestURI": .raw("\"\(path)?timeout=5s\""), "verb": "get",
            "user": [
                "username": "dana", "uid": "7", "groups": ["sre", "system:authenticated"],
                "extra": ["authentication.kubernetes.io/pod-name": ["web-7d9c8b6f5-x7k2p"]],
            ],
            "impersonatedUser": .raw("null"), "authenticationMetadata": ["impersonationConstraint": ""],
            "sourceIPs": ["127.0.0.1"], "userAgent": "curl/8",
            "objectRef": [
                "resource": "configmaps", "namespace": "shop", "name": .raw("\"\(name)\""), "apiGroup": "",
                "apiVersion": "v1", "subresource": "",
            ],
            "responseStatus": ["metadata": .object([]), "code": 200],
            "requestReceivedTimestamp": "2026-11-01T00:00:01.5Z", "stageTimestamp": "2026-11-01T00:00:01.6Z",
            "annotations": ["authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC"],
        ]
    }

    /// Audit events as managed clouds write them.
    static let envelopes: [(name: String, record: JSONText)] = [
        (
            "LogEntry",
            [
                "protoPayload": [
                    "serviceName": "k8s.io", "methodName": "io.k8s.core.v1.secrets.get",
                    "resourceName": "core/v1/namespaces/shop/secrets/lost",
                    "authenticationInfo": ["principalEmail": "eve@example.org", "authoritySelector": "bob"],
                    "authorizationInfo": [["granted": true, "resource": "x"]],
                    "requestMetadata": ["callerSuppliedUserAgent": "curl/8"], "status": ["code": 0],
                ],
                "labels": ["authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC"],
                "operation": ["id": "7", "first": true, "last": true], "timestamp": "2026-11-01T00:00:01Z",
            ]
        ),
        (
            "Azure",
            [
                "category": "kube-audit", "time": "2026-11-01T00:00:01Z",
                "properties": ["log": quoted(event(name: "lost", number: 31).text)],
            ]
        ),
        (
            "CloudWatch",
            ["timestamp": 1_793_491_201_000, "message": quoted(event(name: "lost", number: 32).text)]
        ),
        ("Insights", ["@ptr": "x", "@message": event(name: "lost", number: 33)]),
    ]

    private static func quoted(_ text: String) -> JSONText {
        .raw("\"" + text.replacing("\"", with: "\\\"") + "\"")
    }
}

extension MalformedBody {
    /// A bad line between good ones: it costs itself.
    static func line(_ name: String, _ source: Source, _ line: String) -> MalformedBody {
        self.line(name, source, Array(line.utf8))
    }

    static func line(_ name: String, _ source: Source, _ line: [UInt8], other: Int = 1) -> MalformedBody {
        let before = source.good(0..<2).joined(separator: "\n")
        let after = source.good(2..<4).joined(separator: "\n")
        let bytes = Array((before + "\n").utf8) + line + Array(("\n" + after + "\n").utf8)
        return MalformedBody(name, source, bytes, good: 4, other: other)
    }

    /// A bad element between good ones, in the body of the API server's webhook.
    static func element(_ name: String, _ source: Source, _ element: String) -> MalformedBody {
        let elements = [source.good(0), element, source.good(1), source.good(2)]
        return MalformedBody(
            "in a list: \(name)", source, Array(list(elements).utf8), good: 3, other: 1, type: "application/json")
    }

    static let listHead = #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":["#

    static func list(_ elements: [String]) -> String { listHead + elements.joined(separator: ",") + "]}\n" }
}
