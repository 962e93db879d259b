import Domain
import Testing

@testable import Inventory

/// Addresses, times and documents that no API server would print, or that nobody would write.
@Suite(.serialized, .timeLimit(.minutes(1))) struct HostileAddressTests {
    private typealias Case = HostileCase
    private typealias Cluster = TestCluster

    private static func service(_ spec: String, name: String = "odd") -> String {
        Cluster.object("v1", "Service", name, #""spec":{\#(spec)}"#)
    }

    // MARK: - Addresses

    private static func pod(_ name: String, _ address: String, spec: String = #""containers":[{"name":"c"}]"#) -> String
    {
        Cluster.pod(name, labels: #"{"app":"odd"}"#, address: address, created: "2024-09-01T00:00:00Z", spec: spec)
    }

    private static func node(_ name: String, _ addresses: String..., ranges: String...) -> String {
        let list = addresses.map { #"{"type":"InternalIP","address":"\#($0)"}"# }.joined(separator: ",")
        let pods = ranges.map { "\"\($0)\"" }.joined(separator: ",")
        return Cluster.object(
            "v1", "Node", name, namespace: nil, #""spec":{"podCIDRs":[\#(pods)]},"status":{"addresses":[\#(list)]}"#)
    }

    @Test(arguments: [
        Case(name: "two pods", items: [pod("a", "10.244.3.3"), pod("b", "10.244.3.3")]),
        Case(name: "a pod and another's pod", items: [pod("a", "10.244.1.1")]),
        Case(name: "a pod and a node", items: [pod("a", "192.168.0.11")]),
        Case(name: "a pod and a Service", items: [pod("a", "10.96.0.12")]),
        Case(name: "a node and a Service", items: [node("n2", "10.96.0.12")]),
        Case(name: "a node in the range of pods", items: [node("n2", "10.244.1.2")]),
        Case(name: "two nodes", items: [node("n2", "192.168.0.11")]),
        Case(
            name: "two Services",
            items: [service(#""clusterIP":"10.96.0.12","selector":{"app":"db"},"ports":[{"port":80}]"#)],
            isReported: true),
        Case(
            name: "a Service outside and one inside",
            items: [
                service(
                    #""clusterIP":"10.96.9.9","externalIPs":["10.96.0.12"],"selector":{"app":"db"},"ports":[{"port":80}]"#
                )
            ]),
        Case(
            name: "an external address of everyone",
            items: [
                service(
                    #""externalIPs":["0.0.0.0","::","255.255.255.255"],"selector":{"app":"db"},"ports":[{"port":80}]"#)
            ]),
        Case(name: "a mapped pod", items: [pod("a", "::ffff:10.244.3.3"), pod("b", "10.244.3.3")]),
        Case(name: "0.0.0.0", items: [pod("a", "0.0.0.0"), pod("b", "::")]),
        Case(name: "loopback", items: [pod("a", "127.0.0.1"), node("n2", "127.0.0.1", "::1")]),
        Case(name: "an address with a zone", items: [pod("a", "fe80::1%eth0")], isReported: true),
        Case(name: "an octal address", items: [pod("a", "010.1.1.1")], isReported: true),
        Case(name: "a range for an address", items: [pod("a", "10.244.3.0/24")], isReported: true),
        Case(name: "a node's range with host bits", items: [node("n2", "192.168.0.12", ranges: "10.245.7.9/24")]),
        Case(name: "a mapped range", items: [node("n2", "192.168.0.12", ranges: "::ffff:10.245.0.0/112")]),
        Case(
            name: "a mapped range of more than IPv4", items: [node("n2", ranges: "::ffff:10.245.0.0/64")],
            isReported: true),
        Case(name: "a node's range of everything", items: [node("n2", ranges: "0.0.0.0/0")], isReported: true),
        Case(name: "a node's range of all IPv6", items: [node("n2", ranges: "::/0")], isReported: true),
        Case(name: "a range of 33 bits", items: [node("n2", ranges: "10.0.0.0/33")], isReported: true),
        Case(name: "a range of -1 bits", items: [node("n2", ranges: "10.0.0.0/-1")], isReported: true),
        Case(
            name: "1,000 pods at one address",
            items: (0..<1000).map { pod("p\($0)", "10.244.3.3") }),
    ])
    func `addresses that several have, or nobody`(_ one: HostileCase) { one.expectSound() }

    // MARK: - Times

    @Test(arguments: [
        "0001-01-01T00:00:00Z", "1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:44Z", "1969-12-31T23:59:59Z",
        "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16Z", "9999-12-31T23:59:59Z", "2024-02-30T00:00:00Z", "",
        "now",
        "1e9", "1677-09-21T00:12:43Z",
    ])
    func `times before and after all others`(time: String) {
        let pods = ["a", "b"].map {
            Cluster.pod($0, labels: #"{"app":"\#($0)"}"#, address: "10.244.3.3", created: time)
        }
        let later = Cluster.pod("c", labels: #"{"app":"c"}"#, address: "10.244.3.3", created: "2024-10-02T00:00:00Z")
        let finished = Cluster.object(
            "v1", "Pod", "d", metadata: #""creationTimestamp":"\#(time)""#,
            #""spec":{},"status":{"phase":"Failed","podIP":"10.244.3.3","containerStatuses":[{"state":{"terminated":"#
                + #"{"finishedAt":"\#(time)"}}}]}"#)
        for items in [pods, pods + [later], [later, finished], pods + [later, finished], [finished]] {
            Case(name: time, items: items).expectSound()
        }
    }

    // MARK: - Documents

    @Test(arguments: [
        Case(name: "equal objects", items: Array(repeating: Cluster.workload("Deployment", "odd"), count: 500)),
        Case(
            name: "objects of one name",
            items: [
                HostileCase.workload(labels: #"{"app":"odd"}"#), HostileCase.workload(labels: #"{"app":"even"}"#),
                HostileCase.workload(labels: #"{"app":"web"}"#),
            ], isReported: true),
        Case(name: "no kind", items: [#"{"apiVersion":"v1","metadata":{"name":"x"}}"#], isReported: true),
        Case(name: "an empty kind", items: [Cluster.object("v1", "", "x")], isReported: true),
        Case(name: "an empty version", items: [Cluster.object("", "Pod", "x")]),
        Case(name: "a version without a group", items: [Cluster.object("/v1", "Pod", "x")], isReported: true),
        Case(name: "null", items: ["null"], isReported: true), Case(name: "a number", items: ["1"], isReported: true),
        Case(name: "a list in a list", items: [#"{"kind":"List","apiVersion":"v1","items":[{}]}"#], isReported: true),
        Case(
            name: "equal members",
            items: [#"{"kind":"Pod","kind":"Node","apiVersion":"v1","metadata":{"name":"x","name":"y"}}"#]),
        Case(
            name: "200,000 brackets",
            items: [
                Cluster.object(
                    "v1", "Pod", "deep",
                    #""spec":{"containers":\#(String(repeating: "[", count: 200_000))\#(String(repeating: "]", count: 200_000))}"#
                )
            ], isReported: true),
        Case(
            name: "200,000 brackets that nobody needs",
            items: [
                Cluster.object(
                    "v1", "Pod", "deep",
                    #""other":\#(String(repeating: #"{"a":"#, count: 200_000))1\#(String(repeating: "}", count: 200_000))"#
                )
            ]),
    ])
    func `documents of an odd form`(_ one: HostileCase) { one.expectSound() }
}
