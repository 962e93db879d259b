import Domain
import Testing

@testable import Inventory

@Suite struct CalicoPolicyReaderTests {
    private static let version = "projectcalico.org/v3"

    private func build(_ items: [String]) -> (policies: [NetworkPolicy], notes: [InventoryNote]) {
        let built = TestCluster.build(items)
        return (built.inventory.networkPolicies, built.notes)
    }

    private func object(
        _ spec: String, _ name: String = "p", version: String = version, kind: String = "NetworkPolicy"
    ) -> String { TestCluster.object(version, kind, name, #""spec":{\#(spec)}"#) }

    @Test func `reads every part of a policy`() throws {
        let policy = try #require(
            build([
                object(
                    #""selector":"app == 'web' && tier in {'a', \"b\"}","types":["Ingress","Egress"],"order":10,"#
                        + #""ingress":[{"action":"Allow","protocol":"TCP","source":{"selector":"app=='client'"},"#
                        + #""destination":{"ports":[80,"8000:8010","http","443"]}},{"action":"Allow"}],"#
                        + #""egress":[{"action":"Allow","protocol":6,"destination":{"namespaceSelector":"#
                        + #""projectcalico.org/name == 'data'","selector":"all()"}},"#
                        + #"{"action":"Allow","destination":{"namespaceSelector":"all()"}},"#
                        + #"{"action":"Allow","protocol":"ICMP","icmp":{"type":8},"destination":{"nets":"#
                        + #"["10.0.0.0/8","192.0.2.1"],"notNets":["10.1.0.0/16"]}},{"action":"Allow","protocol":"ICMPv6"}]"#
                )
            ]).policies.first)
        let name = "kubernetes.io/metadata.name"
        #expect(policy.dialect == .calico)
        #expect(
            policy.podSelector
                == LabelSelector(
                    matchLabels: ["app": "web"],
                    matchExpressions: [.init(key: "tier", operator: .in, values: ["a", "b"])]))
        #expect(
            policy.ingress == [
                .init(
                    peers: [.pods(podSelector: LabelSelector(matchLabels: ["app": "client"]), namespaceSelector: nil)],
                    ports: [
                        .init(protocol: .tcp, port: .number(Port(80))),
                        .init(protocol: .tcp, port: .number(Port(8000)), endPort: Port(8010)),
                        .init(protocol: .tcp, port: .name("http")), .init(protocol: .tcp, port: .number(Port(443))),
                    ]), .init(peers: [], ports: []),
            ])
        let ten = try #require(CIDR("10.0.0.0/8"))
        let one = try #require(CIDR("192.0.2.1/32"))
        let inner = try #require(CIDR("10.1.0.0/16"))
        #expect(
            policy.egress == [
                .init(
                    peers: [
                        .pods(
                            podSelector: LabelSelector(), namespaceSelector: LabelSelector(matchLabels: [name: "data"]))
                    ], ports: [.init(protocol: .tcp, port: nil)]),
                .init(
                    peers: [
                        .pods(
                            podSelector: nil,
                            namespaceSelector: LabelSelector(matchExpressions: [.init(key: name, operator: .exists)]))
                    ], ports: []),
                .init(
                    peers: [.ipBlock(ten, except: [inner]), .ipBlock(one, except: [])],
                    ports: [.init(protocol: .icmpv4, port: nil)]),
                .init(peers: [], ports: [.init(protocol: .icmpv6, port: nil)]),
            ])
    }

    @Test(arguments: [
        (#""ingress":[{"action":"Allow"}]"#, [NetworkPolicy.PolicyType.ingress]),
        (#""egress":[{"action":"Allow"}]"#, [.egress]),
        (#""ingress":[{"action":"Allow"}],"egress":[{"action":"Allow"}]"#, [.ingress, .egress]),
        (#""selector":"all()""#, [.ingress]), (#""types":["Egress"]"#, [.egress]),
    ])
    func `isolates what its rules speak of where it has no types`(spec: String, types: [NetworkPolicy.PolicyType]) {
        #expect(build([object(spec)]).policies.map(\.policyTypes) == [types])
    }

    @Test func `takes both forms of one policy once, and none of Kubernetes' own`() {
        let found = build([
            object("", "p"), object("", "default.p", version: "crd.projectcalico.org/v1"),
            object("", "knp.default.q"), object("", "default.s", version: "crd.projectcalico.org/v1"),
            object("", "p", kind: "StagedNetworkPolicy"), object("", "default.q"),
            object(#""stagedAction":"Delete""#, "gone", kind: "StagedNetworkPolicy"),
        ])
        #expect(
            found.policies.map { "\($0.dialect) \($0.name)" } == [
                "calico default.q", "calico p", "calico s", "calicoStaged p",
            ])
        #expect(found.notes.isEmpty)
    }

    @Test(arguments: [
        #""ingress":[{"action":"Deny"}]"#, #""ingress":[{"action":"Allow"},{"action":"Log"}]"#,
        #""ingress":[{"action":"Pass"}]"#, #""ingress":[{}]"#, #""tier":"security""#,
        #""serviceAccountSelector":"x == 'y'""#, #""types":["ingress"]"#, #""preDNAT":true"#,
        #""ingress":[{"action":"Allow","notProtocol":"TCP"}]"#, #""ingress":[{"action":"Allow","http":{}}]"#,
        #""ingress":[{"action":"Allow","ipVersion":4}]"#, #""ingress":[{"action":"Allow","protocol":"UDPLite"}]"#,
        #""ingress":[{"action":"Allow","source":{"notSelector":"a == 'b'"}}]"#,
        #""ingress":[{"action":"Allow","source":{"serviceAccounts":{"names":["a"]}}}]"#,
        #""egress":[{"action":"Allow","destination":{"services":{"name":"a"}}}]"#,
        #""ingress":[{"action":"Allow","protocol":"TCP","source":{"ports":[80]}}]"#,
        #""egress":[{"action":"Allow","source":{"selector":"a == 'b'"}}]"#,
        #""ingress":[{"action":"Allow","destination":{"ports":[80]}}]"#,
        #""ingress":[{"action":"Allow","protocol":"TCP","destination":{"ports":["90:80"]}}]"#,
        #""ingress":[{"action":"Allow","protocol":"ICMP","icmp":{"type":0}}]"#,
        #""ingress":[{"action":"Allow","protocol":"ICMP","icmp":{"type":8,"code":1}}]"#,
        #""ingress":[{"action":"Allow","source":{"notNets":["10.0.0.0/8"]}}]"#,
        #""ingress":[{"action":"Allow","source":{"nets":["10.0.0.0/8"],"selector":"a == 'b'"}}]"#,
        #""ingress":[{"action":"Allow","source":{"nets":["10.0.0.0/33"]}}]"#,
        #""selector":"a == 'b' || c == 'd'""#, #""selector":"!(a == 'b')""#, #""selector":"a contains 'b'""#,
        #""selector":"a starts with 'b'""#, #""selector":"(a == 'b')""#, #""selector":"a == 'b""#,
        #""selector":"global()""#, #""selector":"!all()""#, #""selector":"a == 'b' &&""#, #""selector":"a in {}""#,
        #""selector":"projectcalico.org/namespace == 'x'""#, #""selector":"pcns.team == 'x'""#,
        #""selector":"a == 'b' c""#, #""selector":"all() b""#,
    ])
    func `refuses what it cannot hold, with a note`(spec: String) {
        let found = build([object(spec)])
        #expect(found.policies.isEmpty)
        #expect(found.notes.map(\.object) == ["projectcalico.org/NetworkPolicy shop/p"])
    }

    @Test(arguments: [
        ("has(a)", LabelSelector.Requirement(key: "a", operator: .exists)),
        ("! has(a)", .init(key: "a", operator: .doesNotExist)),
        ("a != 'b'", .init(key: "a", operator: .notIn, values: ["b"])),
        ("a not in {'b','c'}", .init(key: "a", operator: .notIn, values: ["b", "c"])),
        ("notes in { 'x', 'y' }", .init(key: "notes", operator: .in, values: ["x", "y"])),
        (" all()  &&  has(example.com/a) ", .init(key: "example.com/a", operator: .exists)),
    ])
    func `reads each form of a requirement`(text: String, expected: LabelSelector.Requirement) {
        let found = build([object(#""selector":"\#(text)""#)])
        #expect(found.policies.map(\.podSelector) == [LabelSelector(matchExpressions: [expected])])
    }

    @Test func `notes global policies`() {
        let found = build([TestCluster.object(Self.version, "GlobalNetworkPolicy", "g", namespace: nil)])
        #expect(found.notes.map(\.object) == ["projectcalico.org/GlobalNetworkPolicy g"])
    }
}
