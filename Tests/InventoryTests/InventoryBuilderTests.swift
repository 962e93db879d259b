import Domain
import Testing

@testable import Inventory

@Suite struct InventoryBuilderTests {
    private typealias Cluster = TestCluster

    @Test func `gives every namespace its name label, declared or implied`() {
        let inventory = Cluster.inventory(
            Cluster.object("v1", "Namespace", "ops", namespace: nil, metadata: #""labels":{"team":"x"}"#),
            Cluster.pod("p"))
        #expect(
            inventory.namespaces == [
                Namespace("ops"): ["team": "x", "kubernetes.io/metadata.name": "ops"],
                Namespace("shop"): ["kubernetes.io/metadata.name": "shop"],
            ])
    }

    @Test func `joins Nodes with Cilium's`() throws {
        let inventory = Cluster.inventory(
            Cluster.object(
                "v1", "Node", "n", namespace: nil,
                #""spec":{"podCIDR":"10.1.0.0/24","podCIDRs":["10.1.0.0/24","fd00:1::/64"]},"status":{"addresses":["#
                    + #"{"type":"InternalIP","address":"192.0.2.1"},{"type":"Hostname","address":"n"},"#
                    + #"{"type":"ExternalIP","address":"203.0.113.1"}]}"#),
            Cluster.object(
                "cilium.io/v2", "CiliumNode", "n", namespace: nil,
                #""spec":{"addresses":[{"type":"CiliumInternalIP","ip":"10.2.0.9"}],"#
                    + #""ipam":{"podCIDRs":["10.2.0.0/24"]}}"#
            ))
        let node = try #require(inventory.nodes.first)
        #expect(inventory.nodes.count == 1)
        #expect(node.addresses == [address("10.2.0.9"), address("192.0.2.1"), address("203.0.113.1")])
        #expect(node.podCIDRs.map(\.description) == ["10.1.0.0/24", "10.2.0.0/24", "fd00:1::/64"])
    }

    @Test(arguments: ["0.0.0.0/0", "::/0", "10.0.0.0/7", "10.0.0.0"])
    func `refuses a pod range that is too wide or malformed`(range: String) {
        let (inventory, notes) = Cluster.build([
            Cluster.object("v1", "Node", "n", namespace: nil, #""spec":{"podCIDR":"\#(range)"}"#)
        ])
        #expect(inventory.nodes.isEmpty)
        #expect(notes.map(\.object) == ["core/Node n"])
    }

    @Test func `finds what the API server calls`() {
        let service = #"{"service":{"name":"hook","namespace":"shop"}}"#
        let inventory = Cluster.inventory(
            Cluster.object(
                "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "m", namespace: nil,
                #""webhooks":[{"clientConfig":\#(service)},{"clientConfig":{"url":"https://x"}}]"#),
            Cluster.object(
                "apiextensions.k8s.io/v1", "CustomResourceDefinition", "c.x", namespace: nil,
                #""spec":{"conversion":{"webhook":{"clientConfig":\#(service)}}}"#),
            Cluster.object(
                "apiregistration.k8s.io/v1", "APIService", "v1.m", namespace: nil,
                #""spec":{"service":{"name":"metrics","namespace":"shop","port":8443}}"#))
        #expect(
            inventory.webhooks.map { "\($0.namespace)/\($0.service):\($0.port) \($0.declaredBy)" } == [
                "shop/hook:443 CustomResourceDefinition/c.x", "shop/hook:443 MutatingWebhookConfiguration/m",
                "shop/metrics:8443 APIService/v1.m",
            ])
    }

    @Test func `lists ServiceAccounts and names`() {
        func sighting(_ name: String, cluster: ClusterName = Cluster.name) -> NameSighting {
            NameSighting(
                cluster: cluster, address: address("203.0.113.7"), name: name, first: Cluster.time(1),
                last: Cluster.time(2))
        }
        let (inventory, _) = Cluster.build(
            [Cluster.object("v1", "ServiceAccount", "web")],
            names: [
                sighting("b.example.com"), sighting("a.example.com"), sighting("b.example.com"), sighting(""),
                sighting("c.example.com", cluster: ClusterName("other")),
            ])
        #expect(
            inventory.serviceAccounts == [Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "web")])
        #expect(inventory.names == [address("203.0.113.7"): ["a.example.com", "b.example.com"]])
    }

    @Test func `passes over objects of another cluster and bodies that are damaged`() {
        let objects = [
            ClusterObject(
                cluster: ClusterName("other"), kind: "core/Namespace", namespace: .clusterScope, name: "x",
                body: Array("{}".utf8)),
            ClusterObject(
                cluster: Cluster.name, kind: "core/Pod", namespace: Namespace("shop"), name: "p", body: [0x7b, 0xff]),
        ]
        let (inventory, notes) = InventoryBuilder.build(cluster: Cluster.name, objects: objects)
        #expect(inventory.isEmpty)
        #expect(notes.map(\.object) == ["core/Pod shop/p"])
    }

    @Test func `takes the same one of two versions in any order`() {
        let versions = [Cluster.workload("Deployment", "web"), Cluster.object("apps/v1", "Deployment", "web")]
        let one = Cluster.build(versions)
        let other = Cluster.build(versions.reversed())
        #expect(one.inventory == other.inventory)
        #expect(one.inventory.workloads.count == 1)
        #expect(one.notes.count == 1 && one.notes == other.notes)
    }
}
