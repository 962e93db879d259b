import Domain
import Foundation
import Inventory

/// The reader of cluster objects, and what the inventory makes of them.
enum ObjectFuzzing {
    private static let cluster = ClusterName("fuzz")
    private static let good = #"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kept"}}"#
    // An array, since of an object the input could say that it is no list.
    private static let head = Array("[\(good),".utf8)

    static func run(_ input: FuzzInput) {
        let alone = ObjectReader.read(input.bytes, cluster: cluster, file: "fuzz")
        expect(alone.objects.count + alone.diagnostics.count <= input.bytes.count, "more than the bytes can hold")
        _ = InventoryBuilder.build(cluster: cluster, objects: alone.objects)
        let listed = ObjectReader.read(head + input.bytes, cluster: cluster, file: "fuzz")
        expect(listed.objects.contains { $0.name == "kept" }, "the good object in front is lost")
    }

    /// Each of the fixtures' objects, alone.
    static var seeds: [[UInt8]] {
        ["audit/objects.json", "audit/rbac-live.json"].flatMap { path -> [[UInt8]] in
            let read = try? JSONSerialization.jsonObject(with: Data(Fixture.bytes(path)))
            let items = (read as? [String: Any])?["items"] as? [Any] ?? []
            return items.compactMap { item in
                (try? JSONSerialization.data(withJSONObject: item, options: [.sortedKeys])).map { Array($0) }
            }.filter { $0.count < 4096 }
        } + [Array(good.utf8), Array(#"{"kind":"List","apiVersion":"v1","items":[\#(good)]}"#.utf8)]
            + shapes.map { Array($0.utf8) }
    }

    /// Kinds that the fixtures lack.
    private static let shapes = [
        #"{"kind":"Service","apiVersion":"v1","metadata":{"name":"db","namespace":"a"},"spec":{"clusterIP":"10.96.0.13","selector":{"app":"db"},"ports":[{"name":"pg","port":5432,"targetPort":"pg"}]}}"#,
        #"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"db-0","namespace":"a","labels":{"app":"db"},"ownerReferences":[{"kind":"StatefulSet","name":"db","apiVersion":"apps/v1","controller":true}]},"spec":{"containers":[{"name":"c","ports":[{"name":"pg","containerPort":5432}]}]},"status":{"podIPs":[{"ip":"10.1.2.3"}],"phase":"Running"}}"#,
        #"{"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1","metadata":{"name":"p","namespace":"a"},"spec":{"podSelector":{"matchExpressions":[{"key":"app","operator":"In","values":["x"]}]},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16"]}}],"ports":[{"port":8080,"endPort":8090}]}],"policyTypes":["Ingress","Egress"]}}"#,
        #"{"kind":"CiliumNetworkPolicy","apiVersion":"cilium.io/v2","metadata":{"name":"p","namespace":"a"},"spec":{"endpointSelector":{"matchLabels":{"k8s:app":"x"}},"egress":[{"toFQDNs":[{"matchPattern":"*.a.org"}],"toPorts":[{"ports":[{"port":"443","protocol":"TCP"}],"rules":{"dns":[{"matchPattern":"*"}]}}]}]}}"#,
        #"{"kind":"NetworkPolicy","apiVersion":"projectcalico.org/v3","metadata":{"name":"p","namespace":"a"},"spec":{"selector":"app == 'x' && has(y)","types":["Ingress"],"ingress":[{"action":"Allow","protocol":"TCP","source":{"selector":"all()","nets":["10.0.0.0/8"]},"destination":{"ports":[80,"90:99"]}}]}}"#,
        #"{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"s","namespace":"a","labels":{"kubernetes.io/service-name":"db"}},"addressType":"IPv4","ports":[{"name":"pg","port":5432}],"endpoints":[{"addresses":["10.1.2.3"],"targetRef":{"kind":"Pod","name":"db-0"}}]}"#,
    ]
}
