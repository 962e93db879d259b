import Domain

@testable import Inventory

/// Builds inventories from objects as `kubectl` prints them.
enum TestCluster {
    static let name = ClusterName("test")

    static func read(_ items: [String]) -> ObjectReader.Output {
        let list = #"{"apiVersion":"v1","kind":"List","items":["# + items.joined(separator: ",") + "]}"
        return ObjectReader.read(Array(list.utf8), cluster: name, file: "-")
    }

    static func build(
        _ items: [String], addresses: [AddressSighting] = [], names: [NameSighting] = []
    ) -> (inventory: ClusterInventory, notes: [InventoryNote]) {
        InventoryBuilder.build(
            cluster: name, objects: read(items).objects, addressSightings: addresses, nameSightings: names)
    }

    static func inventory(_ items: String...) -> ClusterInventory { build(items).inventory }

    static func id(_ kind: String, _ workload: String, in namespace: String = "shop") -> WorkloadID {
        WorkloadID(cluster: name, namespace: Namespace(namespace), kind: kind, name: workload)
    }

    /// An object with metadata members and further members, both as JSON without braces.
    static func object(
        _ apiVersion: String, _ kind: String, _ name: String, namespace: String? = "shop", metadata: String = "",
        _ members: String = ""
    ) -> String {
        var meta = #""name":"\#(name)""#
        if let namespace { meta += #","namespace":"\#(namespace)""# }
        if !metadata.isEmpty { meta += "," + metadata }
        return #"{"apiVersion":"\#(apiVersion)","kind":"\#(kind)","metadata":{\#(meta)}"#
            + (members.isEmpty ? "}" : ",\(members)}")
    }

    static func owner(_ kind: String, _ name: String) -> String {
        #""ownerReferences":[{"apiVersion":"x/v1","kind":"\#(kind)","name":"\#(name)","controller":true,"uid":"u"}]"#
    }

    /// A workload whose pods carry `app: name`.
    static func workload(
        _ kind: String, _ name: String, apiVersion: String = "apps/v1", metadata: String = "", container: String = ""
    ) -> String {
        let labels = #"{"app":"\#(name)"}"#
        return object(
            apiVersion, kind, name, metadata: metadata,
            #""spec":{"selector":{"matchLabels":\#(labels)},"template":{"metadata":{"labels":\#(labels)},"#
                + #""spec":{"containers":[{"name":"c"\#(container)}]}}}"#)
    }

    static func pod(
        _ name: String, labels: String = "{}", owner: String = "", address: String = "", created: String = "",
        phase: String = "Running", spec: String = #""containers":[{"name":"c"}]"#
    ) -> String {
        var metadata = [#""labels":\#(labels)"#]
        if !owner.isEmpty { metadata.append(owner) }
        if !created.isEmpty { metadata.append(#""creationTimestamp":"\#(created)""#) }
        return object(
            "v1", "Pod", name, metadata: metadata.joined(separator: ","),
            #""spec":{\#(spec)},"status":{"phase":"\#(phase)","podIP":"\#(address)"}"#)
    }

    static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    static func peer(
        kind: String = "", name: String = "", pod: String = "", labels: Labels = [:], cluster: String = ""
    ) -> ObservedPeer {
        ObservedPeer(
            pod: pod, namespace: Namespace("shop"), workloadKind: kind, workloadName: name, labels: labels,
            remoteCluster: cluster)
    }
}

func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(ipv4: 0) }
