import Domain

/// A pod with what only its leases need.
struct ListedPod {
    let pod: Pod
    /// From when on it can have had its address: the kubelet accepts a pod (API reference, PodStatus, `startTime`) before
    /// it makes its network; without that moment its creation counts.
    let start: Timestamp?
    /// When the last container of a finished pod ended; nil where the status does not say.
    let finished: Timestamp?

    init(_ object: ParsedObject, owner: WorkloadID) throws(Malformed) {
        let status = object.body["status"] ?? .null
        let template = try PodTemplate(object.body)
        var addresses: Set<IPAddress> = []
        if let address = try status.address("podIP") { addresses.insert(address) }
        for item in status.items("podIPs") {
            if let address = try item.address("ip") { addresses.insert(address) }
        }
        let phase = status["phase"]?.text
        pod = Pod(
            namespace: object.namespace, name: object.name, labels: template.labels, addresses: addresses.sorted(),
            owner: owner, hostNetwork: template.hostNetwork,
            nodeName: object.body["spec"]?["nodeName"]?.text ?? "", ports: template.ports, created: object.created,
            isFinished: phase == "Succeeded" || phase == "Failed")
        start = status["startTime"]?.text.flatMap { Timestamp($0) } ?? object.created
        finished = Self.end(of: status)
    }

    /// The addresses that are the pod's own: one on the host's network has its node's.
    var ownAddresses: [IPAddress] { pod.hostNetwork ? [] : pod.addresses }

    private static func end(of status: JSONValue) -> Timestamp? {
        let ends = status.items("containerStatuses").map {
            $0["state"]?["terminated"]?["finishedAt"]?.text.flatMap { Timestamp($0) }
        }
        return ends.contains(nil) ? nil : ends.compactMap(\.self).max()
    }
}
