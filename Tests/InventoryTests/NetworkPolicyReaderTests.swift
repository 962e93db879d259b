import Domain
import Testing

@testable import Inventory

@Suite struct NetworkPolicyReaderTests {
    private func build(_ spec: String) -> (policies: [NetworkPolicy], notes: [InventoryNote], diagnostics: Int) {
        let item = TestCluster.object("networking.k8s.io/v1", "NetworkPolicy", "p", #""spec":\#(spec)"#)
        let output = TestCluster.read([item])
        let built = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects)
        return (built.inventory.networkPolicies, built.notes, output.diagnostics.count)
    }

    @Test func `reads every part of a policy`() throws {
        let policy = try #require(
            build(
                #"{"podSelector":{"matchExpressions":[{"key":"app","operator":"In","values":["a","b"]}]},"#
                    + #""policyTypes":["Ingress","Egress"],"ingress":[{"from":[{"namespaceSelector":{}},"#
                    + #"{"podSelector":{"matchLabels":{"app":"c"}},"namespaceSelector":{"matchLabels":{"t":"x"}}}],"#
                    + #""ports":[{"port":"web"},{"port":8000,"endPort":8010,"protocol":"SCTP"},{}]},{}],"#
                    + #""egress":[{"to":[{"ipBlock":{"cidr":"10.1.2.3/8","except":["10.2.0.0/16"]}}]}]}"#
            ).policies.first)
        #expect(
            policy.podSelector.matchExpressions == [
                LabelSelector.Requirement(key: "app", operator: .in, values: ["a", "b"])
            ])
        #expect(policy.policyTypes == [.ingress, .egress])
        #expect(
            policy.ingress[0].peers == [
                .pods(podSelector: nil, namespaceSelector: LabelSelector()),
                .pods(
                    podSelector: LabelSelector(matchLabels: ["app": "c"]),
                    namespaceSelector: LabelSelector(matchLabels: ["t": "x"])),
            ])
        #expect(
            policy.ingress[0].ports == [
                NetworkPolicy.PolicyPort(protocol: .tcp, port: .name("web")),
                NetworkPolicy.PolicyPort(protocol: .sctp, port: .number(Port(8000)), endPort: Port(8010)),
                NetworkPolicy.PolicyPort(protocol: .tcp, port: nil),
            ])
        #expect(policy.ingress[1] == NetworkPolicy.Rule(peers: [], ports: []))
        let ten = try #require(CIDR("10.0.0.0/8"))
        let exception = try #require(CIDR("10.2.0.0/16"))
        #expect(policy.egress[0].peers == [.ipBlock(ten, except: [exception])])
    }

    @Test func `reads absent, null and empty lists as the API server does`() throws {
        let policy = try #require(build(#"{"ingress":null,"egress":[{"to":null,"ports":[]}]}"#).policies.first)
        #expect(policy.podSelector.isEmpty)
        #expect(policy.policyTypes.isEmpty)
        #expect(policy.ingress.isEmpty)
        #expect(policy.egress == [NetworkPolicy.Rule(peers: [], ports: [])])
    }

    @Test(arguments: [
        #"{"ingress":[{"from":[{}]}]}"#, #"{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/33"}}]}]}"#,
        #"{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8"},"podSelector":{}}]}]}"#,
        #"{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["x"]}}]}]}"#,
        #"{"ingress":[{"ports":[{"port":0}]}]}"#, #"{"ingress":[{"ports":[{"port":80,"protocol":"tcp"}]}]}"#,
        #"{"ingress":[{"ports":[{"port":"web","endPort":90}]}]}"#,
        #"{"ingress":[{"ports":[{"port":90,"endPort":80}]}]}"#, #"{"policyTypes":["ingress"]}"#,
        #"{"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}}"#,
        #"{"podSelector":{"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}]}}"#,
        #"{"podSelector":{"matchLabels":{"a b":"c"}}}"#,
    ])
    func `drops a policy with a malformed part, with a note`(spec: String) {
        let result = build(spec)
        #expect(result.policies.isEmpty)
        #expect(result.notes.map(\.object) == ["networking.k8s.io/NetworkPolicy shop/p"])
    }

    @Test(arguments: [
        #"{"ingress":[null]}"#, #"{"ingress":[{"from":[null]}]}"#, #"{"ingress":[{"from":{}}]}"#,
        #"{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":[null]}}]}]}"#, #"{"podSelector":"x"}"#,
    ])
    func `refuses a policy with a value of the wrong type`(spec: String) {
        let result = build(spec)
        #expect(result.policies.isEmpty)
        #expect(result.diagnostics == 1)
    }
}
