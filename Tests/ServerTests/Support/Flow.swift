import Foundation

/// Hubble flows made for tests.
enum Flow {
    /// A forwarded connection of one pod to another, as `hubble observe -o jsonpb` prints it.
    ///
    /// - Parameter number: tells one flow from another by its port.
    static func line(_ number: Int, time: String = "2026-11-01T10:00:00Z") -> String {
        let source = endpoint("web", "web-7f9c8d6b5-abcde")
        let destination = endpoint("api", "api-6c5d4b3a2-fghij")
        return """
            {"flow":{"time":"\(time)","verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"10.0.0.2",\
            "ipVersion":"IPv4"},"l4":{"TCP":{"source_port":40000,"destination_port":\(1 + number % 65_535),\
            "flags":{"SYN":true}}},"source":\(source),"destination":\(destination),"Type":"L3_L4","node_name":"n1",\
            "is_reply":false,"event_type":{"type":4},"traffic_direction":"EGRESS",\
            "trace_observation_point":"TO_ENDPOINT"},"time":"\(time)"}
            """
    }

    /// Several flows, one a line, each with a port of its own.
    static func lines(_ numbers: Range<Int>, time: String = "2026-11-01T10:00:00Z") -> String {
        numbers.map { line($0, time: time) + "\n" }.joined()
    }

    private static func endpoint(_ app: String, _ pod: String) -> String {
        """
        {"identity":1000,"namespace":"shop","labels":["k8s:app=\(app)","k8s:io.kubernetes.pod.namespace=shop"],\
        "pod_name":"\(pod)","workloads":[{"name":"\(app)","kind":"Deployment"}]}
        """
    }
}
