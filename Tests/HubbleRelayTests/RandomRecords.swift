/// Flows as JSON lines with any combination of the fields that the decoder reads, and some that it does not.
struct RandomRecords {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func lines(_ count: Int) -> [String] { (0..<count).map { line($0) } }

    private mutating func pick(_ choices: String...) -> String { choices.randomElement(using: &generator) ?? "" }

    private mutating func number(_ most: Int) -> Int { Int.random(in: 0...most, using: &generator) }

    /// A member, or nothing every sixth time.
    private mutating func maybe(_ key: String, _ value: String) -> [String] {
        number(5) > 0 && !value.isEmpty ? ["\"\(key)\":\(value)"] : []
    }

    private mutating func line(_ index: Int) -> String {
        let minute = "\(10 + index / 50 % 50):\(10 + index % 50)"
        var members = [
            "\"time\":\"2026-11-0\(1 + number(3))T10:\(minute).\(100_000_000 + index)Z\"", "\"uuid\":\"u\(index)\"",
        ]
        members += maybe(
            "verdict",
            pick("\"FORWARDED\"", "\"FORWARDED\"", "\"AUDIT\"", "\"DROPPED\"", "\"REDIRECTED\"", "\"TRACED\""))
        members += maybe("IP", object(maybe("source", address()) + maybe("destination", address())))
        members += maybe("l4", layer4())
        members += maybe("source", endpoint()) + maybe("destination", endpoint())
        members += maybe("Type", pick("\"L3_L4\"", "\"L3_L4\"", "\"L7\"", "\"SOCK\""))
        members += maybe("node_name", pick("\"prod/n1\"", "\"n2\""))
        members += maybe("source_names", pick("[]", "[\"a.example.com\"]", "[\"b.example.com\",\"c.example.com\"]"))
        members += maybe("destination_names", pick("[\"d.example.com\"]", "[\"e.example.com\",\"Bad Name\"]"))
        members += maybe("l7", layer7())
        members += maybe("reply", pick("true", "false"))
        members += maybe("is_reply", pick("true", "false", "null"))
        members += maybe("traffic_direction", pick("\"INGRESS\"", "\"EGRESS\""))
        members += maybe(
            "trace_reason", pick("\"NEW\"", "\"ESTABLISHED\"", "\"REPLY\"", "\"RELATED\"", "\"SRV6_ENCAP\""))
        members += maybe("drop_reason_desc", "\"POLICY_DENIED\"") + maybe("Summary", "\"x \\\"y\\\"\"")
        return "{\"flow\":\(object(members)),\"node_name\":\"prod/n1\",\"time\":\"2026-11-01T10:00:00Z\"}"
    }

    private func object(_ members: [String]) -> String { "{\(members.joined(separator: ","))}" }

    private mutating func address() -> String { pick("\"10.1.0.7\"", "\"10.1.0.8\"", "\"1.1.1.1\"", "\"fd00::7\"") }

    private mutating func layer4() -> String {
        let ports =
            maybe("source_port", pick("45678", "53", "443")) + maybe("destination_port", pick("8080", "53", "33000"))
        let flags = maybe("SYN", "true") + maybe("ACK", "true") + maybe("RST", "true") + maybe("FIN", "true")
        let icmp = object(maybe("type", pick("8", "128", "0", "3")) + maybe("code", "1"))
        return switch number(6) {
        case 0: "{\"UDP\":\(object(ports))}"
        case 1: "{\"SCTP\":\(object(ports))}"
        case 2: "{\"ICMPv4\":\(icmp)}"
        case 3: "{\"ICMPv6\":\(icmp)}"
        case 4: "{\"VRRP\":{\"type\":1}}"
        default: "{\"TCP\":\(object(ports + maybe("flags", object(flags))))}"
        }
    }

    private mutating func layer7() -> String {
        let dns = object(
            maybe("query", pick("\"api.example.com.\"", "\"x y\"")) + maybe("ips", pick("[\"9.9.9.9\",\"::9\"]", "[]"))
                + maybe("rcode", "3"))
        let kind = pick("\"http\":{\"code\":200}", "\"kafka\":{\"topic\":\"t\"}", "\"dns\":\(dns)", "\"dns\":\(dns)")
        return object(maybe("type", pick("\"REQUEST\"", "\"RESPONSE\"", "\"SAMPLE\"")) + [kind])
    }

    private mutating func endpoint() -> String {
        if number(3) == 0 {
            let labels = pick(
                "[\"reserved:world\"]", "[\"reserved:host\",\"reserved:kube-apiserver\"]", "[\"reserved:remote-node\"]",
                "[\"cidr:1.1.1.1/32\",\"fqdn:*.example.com\",\"reserved:world\"]", "[\"reserved:health\"]")
            return object(maybe("identity", pick("1", "2", "16777300")) + maybe("labels", labels))
        }
        let labels = pick(
            "[\"k8s:app=web\"]", "[\"k8s:app=api\",\"k8s:tier=back\",\"k8s:io.kubernetes.pod.namespace=shop\"]", "[]")
        let workloads = pick(
            "[{\"name\":\"web\",\"kind\":\"Deployment\"},{\"name\":\"y\"}]", "[{\"kind\":\"Job\"}]", "[{}]")
        return object(
            maybe("ID", "7") + maybe("namespace", pick("\"shop\"", "\"billing\"")) + maybe("labels", labels)
                + maybe("pod_name", pick("\"web-1\"", "\"web-2\"", "\"web-3\"", "\"web-4\"", "\"Not A Name\""))
                + maybe("workloads", workloads)
                + maybe("cluster_name", pick("\"prod\"", "\"eu\"")) + maybe("identity", "10792"))
    }
}
