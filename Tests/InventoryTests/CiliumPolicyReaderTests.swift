import Domain
import Testing

@testable import Inventory

@Suite struct CiliumPolicyReaderTests {
    private func build(
        _ members: String, kind: String = "CiliumNetworkPolicy", namespace: String? = "shop"
    ) -> (policies: [NetworkPolicy], notes: [InventoryNote], diagnostics: Int) {
        let output = TestCluster.read([TestCluster.object("cilium.io/v2", kind, "p", namespace: namespace, members)])
        let built = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects)
        return (built.inventory.networkPolicies, built.notes, output.diagnostics.count)
    }

    private func spec(_ rules: String) -> String { #""spec":{"endpointSelector":{},\#(rules)}"# }

    private func rules(_ text: String, _ direction: String = "egress") throws -> [NetworkPolicy.Rule] {
        let policy = try #require(build(spec(#""\#(direction)":[\#(text)]"#)).policies.first)
        return direction == "egress" ? policy.egress : policy.ingress
    }

    @Test func `reads a policy and its many forms of labels`() throws {
        let policy = try #require(
            build(
                #""spec":{"endpointSelector":{"matchLabels":{"k8s:app":"web","any:tier":"front","#
                    + #""k8s:io.kubernetes.pod.namespace":"shop"}},"description":"d","labels":[{"key":"k"}],"#
                    + #""ingress":[{"fromEndpoints":[{"matchLabels":{"app":"client"}},{},"#
                    + #"{"matchLabels":{"app":"x","io.kubernetes.pod.namespace":"ops"}},"#
                    + #"{"matchExpressions":[{"key":"k8s:io.kubernetes.pod.namespace","operator":"Exists"}]},"#
                    + #"{"matchLabels":{"io.cilium.k8s.namespace.labels.team":"a"},"#
                    + #""matchExpressions":[{"key":"io.kubernetes.pod.namespace","operator":"In","values":["b","c"]}]}],"#
                    + #""toPorts":[{"ports":[{"port":"80","protocol":"TCP"},{"port":"http","protocol":"UDP"},"#
                    + #"{"port":"1000","endPort":2000,"protocol":"SCTP"},{"port":"0","protocol":"TCP"}]}]}]}"#
            ).policies.first)
        let name = "kubernetes.io/metadata.name"
        #expect(policy.dialect == .cilium)
        #expect(policy.podSelector == LabelSelector(matchLabels: ["app": "web", "tier": "front"]))
        #expect(policy.policyTypes == [.ingress])
        #expect(
            policy.ingress.first?.peers == [
                .pods(podSelector: LabelSelector(matchLabels: ["app": "client"]), namespaceSelector: nil),
                .pods(podSelector: LabelSelector(), namespaceSelector: nil),
                .pods(
                    podSelector: LabelSelector(matchLabels: ["app": "x"]),
                    namespaceSelector: LabelSelector(matchLabels: [name: "ops"])),
                .pods(
                    podSelector: nil,
                    namespaceSelector: LabelSelector(matchExpressions: [.init(key: name, operator: .exists)])),
                .pods(
                    podSelector: nil,
                    namespaceSelector: LabelSelector(
                        matchLabels: ["team": "a"],
                        matchExpressions: [.init(key: name, operator: .in, values: ["b", "c"])])),
            ])
        #expect(
            policy.ingress.first?.ports == [
                .init(protocol: .tcp, port: .number(Port(80))), .init(protocol: .udp, port: .name("http")),
                .init(protocol: .sctp, port: .number(Port(1000)), endPort: Port(2000)),
                .init(protocol: .tcp, port: nil),
            ])
    }

    @Test func `reads ranges, names, entities, look-ups and echo requests`() throws {
        let every = #"{"port":"53"}"#
        let found = try rules(
            #"{"toCIDR":["192.0.2.1","10.0.0.0/8"]},{"toCIDRSet":[{"cidr":"10.0.0.0/8","except":["10.1.0.0/16"]}]},"#
                + #"{"toFQDNs":[{"matchName":"A.example.com."},{"matchPattern":"*.b.test"}]},"#
                + #"{"toEntities":["kube-apiserver","world"]},{"toEntities":["cluster"]},{"toEntities":["all"]},"#
                + #"{"toPorts":[{"ports":[\#(every)],"rules":{"dns":[{"matchPattern":"*"}]}}]},"#
                + #"{"icmps":[{"fields":[{"type":8},{"type":"EchoRequest","family":"IPv6"}]}]},{}"#)
        let everyPod = NetworkPolicy.Peer.pods(
            podSelector: nil,
            namespaceSelector: LabelSelector(
                matchExpressions: [.init(key: "kubernetes.io/metadata.name", operator: .exists)]))
        let ten = try #require(CIDR("10.0.0.0/8"))
        let one = try #require(CIDR("192.0.2.1/32"))
        let inner = try #require(CIDR("10.1.0.0/16"))
        let ports = [NetworkProtocol.tcp, .udp, .sctp].map {
            NetworkPolicy.PolicyPort(protocol: $0, port: .number(Port(53)))
        }
        #expect(
            found == [
                .init(peers: [.ipBlock(one, except: []), .ipBlock(ten, except: [])], ports: []),
                .init(peers: [.ipBlock(ten, except: [inner])], ports: []),
                .init(peers: [.name("a.example.com"), .name("*.b.test")], ports: []),
                .init(peers: [.entity(.apiServer), .entity(.world)], ports: []),
                .init(peers: [everyPod, .entity(.host), .entity(.remoteNode)], ports: []),
                .init(peers: [], ports: []), .init(peers: [], ports: ports, readsNames: true),
                .init(peers: [], ports: [.init(protocol: .icmpv4, port: nil), .init(protocol: .icmpv6, port: nil)]),
            ])
    }

    @Test func `a rule that says nothing isolates and allows nobody`() throws {
        #expect(try rules("{}", "ingress").isEmpty)
        #expect(build(spec(#""ingress":[{}]"#)).policies.map(\.policyTypes) == [[.ingress]])
        let wished = spec(#""egress":[{}],"enableDefaultDeny":{"ingress":true}"#)
        #expect(build(wished).policies.map(\.policyTypes) == [[.ingress, .egress]])
        let idle = spec(#""egress":[{}],"enableDefaultDeny":{"ingress":false,"egress":true}"#)
        #expect(build(idle).policies.map(\.policyTypes) == [[.egress]])
    }

    @Test func `reads every one of several specs`() {
        let found = build(#""specs":[{"endpointSelector":{},"ingress":[{}]},{"endpointSelector":{},"egress":[{}]}]"#)
        #expect(found.policies.map(\.policyTypes) == [[.ingress], [.egress]])
        #expect(build(#""specs":[{"endpointSelector":{},"ingress":[{}]},{"endpointSelector":{}}]"#).policies.isEmpty)
    }

    @Test(arguments: [
        #""ingress":[{}],"ingressDeny":[{}]"#, #""ingress":[{}],"egressDeny":[{"toEntities":["world"]}]"#,
        #""ingress":[{"fromRequires":[{}]}]"#, #""egress":[{"toServices":[{}]}]"#, #""egress":[{"toGroups":[{}]}]"#,
        #""egress":[{"toNodes":[{}]}]"#, #""ingress":[{"fromEndpoints":[{}],"authentication":{"mode":"required"}}]"#,
        #""ingress":[{"toPorts":[{"ports":[{"port":"80"}],"rules":{"http":[{}]}}]}]"#,
        #""ingress":[{"toPorts":[{"ports":[{"port":"80"}],"rules":{"kafka":[{}]}}]}]"#,
        #""ingress":[{"toPorts":[{"ports":[{"port":"80"}],"serverNames":["a"]}]}]"#,
        #""egress":[{"toPorts":[{"ports":[{"port":"53"}],"rules":{"dns":[{"matchName":"a.test"}]}}]}]"#,
        #""egress":[{"toCIDRSet":[{"cidrGroupRef":"g"}]}]"#, #""egress":[{"toCIDRSet":[{"cidr":"x"}]}]"#,
        #""egress":[{"toCIDR":["10.0.0.0/8"],"toEndpoints":[{}]}]"#, #""ingress":[{"fromEndpoints":[]}]"#,
        #""egress":[{"toEntities":["health"]}]"#, #""egress":[{"toEntities":["none"]}]"#,
        #""egress":[{"toFQDNs":[{"matchPattern":"**.a.test"}]}]"#, #""egress":[{"toFQDNs":[{"matchName":"*.a"}]}]"#,
        #""egress":[{"icmps":[{"fields":[{"type":0}]}]}]"#,
        #""egress":[{"icmps":[{"fields":[{"type":8}]}],"toPorts":[{"ports":[{"port":"80"}]}]}]"#,
        #""ingress":[{}],"enableDefaultDeny":{"ingress":false}"#, #""ingress":[{}],"nodeSelector":{}"#,
        #""ingress":[]"#, #""ingress":[{"fromEndpoints":[{"matchLabels":{"reserved:host":""}}]}]"#,
        #""ingress":[{"fromEndpoints":[{"matchLabels":{"io.cilium.k8s.policy.cluster":"c"}}]}]"#,
        #""ingress":[{"fromEndpoints":[{"matchLabels":{"io.cilium.k8s.namespace.labels.team":"a"}}]}]"#,
        #""ingress":[{"toPorts":[{"ports":[{"port":"90","endPort":80}]}]}]"#,
        #""ingress":[{"toPorts":[{"ports":[{"port":"80","protocol":"ICMP"}]}]}]"#,
    ])
    func `refuses what it cannot hold, with a note`(rules: String) {
        let found = build(spec(rules))
        #expect(found.policies.isEmpty)
        #expect(found.notes.map(\.object) == ["cilium.io/CiliumNetworkPolicy shop/p"])
    }

    @Test func `names the member in its note, and keeps none of its text`() {
        let secret =
            #""ingress":[{"toPorts":[{"ports":[{"port":"80"}],"rules":{"http":[{"headers":["X: s3cret"]}]}}]}]"#
        let item = TestCluster.object("cilium.io/v2", "CiliumNetworkPolicy", "p", spec(secret))
        let bodies = TestCluster.read([item]).objects.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.count == 1)
        #expect(!bodies.joined().contains("s3cret"))
        #expect(build(spec(secret)).notes.map(\.problem) == ["its `http` cannot be judged"])
    }

    @Test func `refuses a policy for other namespaces' pods`() {
        let other = #""spec":{"endpointSelector":{"matchLabels":{"io.kubernetes.pod.namespace":"ops"}},"ingress":[{}]}"#
        #expect(build(other).policies.isEmpty)
    }

    @Test func `notes policies of the whole cluster`() {
        let found = build(spec(#""ingress":[{}]"#), kind: "CiliumClusterwideNetworkPolicy", namespace: nil)
        #expect(found.policies.isEmpty)
        #expect(found.notes.map(\.object) == ["cilium.io/CiliumClusterwideNetworkPolicy p"])
    }
}
