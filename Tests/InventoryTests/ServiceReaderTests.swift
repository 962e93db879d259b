import Domain
import Testing

@testable import Inventory

@Suite struct ServiceReaderTests {
    private typealias Cluster = TestCluster

    private func service(_ spec: String, status: String = "{}", name: String = "web") -> String {
        Cluster.object("v1", "Service", name, #""spec":\#(spec),"status":\#(status)"#)
    }

    @Test func `reads addresses and ports with their defaults`() throws {
        let inventory = Cluster.inventory(
            service(
                #"{"type":"LoadBalancer","clusterIP":"10.96.0.5","clusterIPs":["10.96.0.5","fd00::5"],"#
                    + #""externalIPs":["203.0.113.9"],"selector":{"app":"web"},"ports":[{"port":80,"targetPort":"web","#
                    + #""nodePort":30080,"name":"http"},{"port":53,"protocol":"UDP"},{"port":443,"targetPort":8443}]}"#,
                status: #"{"loadBalancer":{"ingress":[{"ip":"198.51.100.7"},{"hostname":"lb.example.com"}]}}"#))
        let found = try #require(inventory.services.first)
        #expect(found.clusterAddresses == [address("10.96.0.5"), address("fd00::5")])
        #expect(found.externalAddresses == [address("198.51.100.7"), address("203.0.113.9")])
        #expect(found.isExposed)
        #expect(
            found.ports == [
                ServicePort(
                    name: "", protocol: .udp, port: Port(53), target: .number(Port(53)), nodePort: nil),
                ServicePort(
                    name: "http", protocol: .tcp, port: Port(80), target: .name("web"), nodePort: Port(30080)),
                ServicePort(name: "", protocol: .tcp, port: Port(443), target: .number(Port(8443)), nodePort: nil),
            ])
    }

    @Test func `leaves None and empty cluster addresses out`() {
        let inventory = Cluster.inventory(
            service(#"{"clusterIP":"None","clusterIPs":["None"]}"#, name: "headless"),
            service(#"{"type":"ExternalName","externalName":"db.example.com","clusterIP":""}"#, name: "out"))
        #expect(inventory.services.allSatisfy { $0.clusterAddresses.isEmpty })
        #expect(inventory.services.map(\.externalName) == ["", "db.example.com"])
    }

    @Test func `prefers EndpointSlices to Endpoints and groups them by ports`() throws {
        func slice(_ name: String, _ addresses: String) -> String {
            Cluster.object(
                "discovery.k8s.io/v1", "EndpointSlice", name,
                metadata: #""labels":{"kubernetes.io/service-name":"web"}"#,
                #""addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],"#
                    + #""endpoints":[{"addresses":[\#(addresses)],"conditions":{"ready":false}}]"#)
        }
        func endpoints(_ name: String) -> String {
            Cluster.object(
                "v1", "Endpoints", name,
                #""subsets":[{"addresses":[{"ip":"192.0.2.1"}],"notReadyAddresses":[{"ip":"192.0.2.2"}],"#
                    + #""ports":[{"port":5432}]}]"#)
        }
        let inventory = Cluster.inventory(
            service("{}"), service("{}", name: "old"), slice("web-b", #""10.0.0.2""#),
            slice("web-a", #""10.0.0.1","10.0.0.2""#), endpoints("web"), endpoints("old"))
        let port = ContainerPort(name: "http", number: Port(8080), protocol: .tcp)
        let old = ContainerPort(name: "", number: Port(5432), protocol: .tcp)
        #expect(
            inventory.services.map(\.endpoints) == [
                [EndpointGroup(addresses: [address("192.0.2.1"), address("192.0.2.2")], ports: [old])],
                [EndpointGroup(addresses: [address("10.0.0.1"), address("10.0.0.2")], ports: [port])],
            ])
    }

    @Test(arguments: [
        Cluster.object(
            "networking.k8s.io/v1", "Ingress", "i",
            #""spec":{"rules":[{"http":{"paths":[{"backend":{"service":{"name":"web"}}}]}}]}"#),
        Cluster.object(
            "networking.k8s.io/v1", "Ingress", "i", #""spec":{"defaultBackend":{"service":{"name":"web"}}}"#),
        Cluster.object(
            "extensions/v1beta1", "Ingress", "i",
            #""spec":{"rules":[{"http":{"paths":[{"backend":{"serviceName":"web","servicePort":80}}]}}]}"#),
        Cluster.object(
            "gateway.networking.k8s.io/v1", "HTTPRoute", "r", namespace: "edge",
            #""spec":{"parentRefs":[{"name":"g"}],"rules":[{"backendRefs":[{"name":"web","namespace":"shop"}]}]}"#),
        Cluster.object(
            "gateway.networking.k8s.io/v1alpha2", "TCPRoute", "r",
            #""spec":{"rules":[{"backendRefs":[{"name":"web"}]}]}"#),
        Cluster.object("route.openshift.io/v1", "Route", "r", #""spec":{"to":{"kind":"Service","name":"web"}}"#),
    ])
    func `marks a Service that receives outside traffic`(route: String) {
        let inventory = Cluster.inventory(service("{}"), service("{}", name: "other"), route)
        #expect(inventory.services.map(\.isRouted) == [false, true])
    }

    @Test(arguments: [
        Cluster.object(
            "gateway.networking.k8s.io/v1", "HTTPRoute", "r",
            #""spec":{"parentRefs":[{"kind":"Service","name":"s"}],"rules":[{"backendRefs":[{"name":"web"}]}]}"#),
        Cluster.object(
            "gateway.networking.k8s.io/v1", "HTTPRoute", "r",
            #""spec":{"rules":[{"backendRefs":[{"name":"web","kind":"Bucket","group":"x"}]}]}"#),
        Cluster.object(
            "networking.k8s.io/v1", "Ingress", "i", namespace: "other",
            #""spec":{"defaultBackend":{"service":{"name":"web"}}}"#),
    ])
    func `does not mark a Service for another route`(route: String) {
        #expect(Cluster.inventory(service("{}"), route).services.map(\.isRouted) == [false])
    }

    @Test(arguments: [
        #"{"type":"Odd"}"#, #"{"clusterIP":"10.0.0.256"}"#, #"{"ports":[{"port":0}]}"#, #"{"selector":{"a b":"c"}}"#,
    ])
    func `drops a malformed Service with a note`(spec: String) {
        let (inventory, notes) = Cluster.build([service(spec)])
        #expect(inventory.services.isEmpty)
        #expect(notes.map(\.object) == ["core/Service shop/web"])
    }

    @Test(arguments: [
        (#""type":"LoadBalancer""#, "", []), (#""type":"LoadBalancer","loadBalancerSourceRanges":[]"#, "", []),
        (
            #""type":"LoadBalancer","loadBalancerSourceRanges":["203.0.113.0/24","198.51.100.7/24","2001:db8::/32"]"#,
            "192.0.2.0/24", ["198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"]
        ),
        (#""type":"LoadBalancer""#, "203.0.113.0/24, 198.51.100.0/24", ["198.51.100.0/24", "203.0.113.0/24"]),
        (#""type":"NodePort","loadBalancerSourceRanges":["203.0.113.0/24"]"#, "192.0.2.0/24", []),
    ])
    func `reads whom a load balancer lets in`(spec: String, annotation: String, expected: [String]) {
        let inventory = Cluster.inventory(ranged(spec, annotation))
        #expect(inventory.services.map { $0.sourceRanges.map(\.description) } == [expected])
    }

    @Test(arguments: [
        (#""type":"LoadBalancer","loadBalancerSourceRanges":["everyone"]"#, ""),
        (#""type":"LoadBalancer","loadBalancerSourceRanges":["203.0.113.0/24",""]"#, ""),
        (#""type":"LoadBalancer""#, "203.0.113.0/33"),
    ])
    func `never takes a malformed source range for everyone`(spec: String, annotation: String) {
        let (inventory, notes) = Cluster.build([ranged(spec, annotation)])
        #expect(inventory.services.isEmpty)
        #expect(notes.map(\.problem) == ["a source range of its load balancer is malformed"])
    }

    private func ranged(_ spec: String, _ annotation: String) -> String {
        let key = "service.beta.kubernetes.io/load-balancer-source-ranges"
        return Cluster.object(
            "v1", "Service", "web", metadata: #""annotations":{"\#(key)":"\#(annotation)"}"#, #""spec":{\#(spec)}"#)
    }

    @Test func `resolves a cluster address that two Services claim to neither`() {
        let (inventory, notes) = Cluster.build([
            service(#"{"clusterIP":"10.96.0.5"}"#, name: "a"), service(#"{"clusterIP":"10.96.0.5"}"#, name: "b"),
        ])
        #expect(notes.count == 1)
        #expect(InventoryIndex(inventory).service(at: address("10.96.0.5")) == nil)
    }
}
