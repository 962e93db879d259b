package import Domain

/// Keeps when pods had their addresses, once their objects no longer tell.
///
/// Works on one change at a time, in the transaction that makes it: what it looks up is the state before the change.
package struct PodHistory {
    /// What a cluster's store holds at the moment.
    package struct Lookup {
        /// One object; nil where there is none.
        package let object: (ClusterObject.Key) throws -> ClusterObject?
        /// The objects of a kind in a namespace whose bodies hold a text.
        package let objects: (_ kind: String, Namespace, _ text: String) throws -> [ClusterObject]
        /// Sightings of a pod's name at an address that name an owner and no labels.
        package let sightings: (IPAddress, _ podName: String) throws -> [AddressSighting]

        package init(
            object: @escaping (ClusterObject.Key) throws -> ClusterObject?,
            objects: @escaping (_ kind: String, Namespace, _ text: String) throws -> [ClusterObject],
            sightings: @escaping (IPAddress, _ podName: String) throws -> [AddressSighting]
        ) {
            self.object = object
            self.objects = objects
            self.sightings = sightings
        }
    }

    private static let podKind = "core/Pod"

    private let cluster: ClusterName
    private let lookup: Lookup
    /// The last moment at which the stored pods are known to have been there.
    private let podsKnownUntil: Timestamp?

    package init(cluster: ClusterName, podsKnownUntil: Timestamp?, lookup: Lookup) {
        self.cluster = cluster
        self.podsKnownUntil = podsKnownUntil
        self.lookup = lookup
    }

    /// What has to be kept of the state before a change.
    ///
    /// A pod that goes, or changes its address, leaves the time in which it had it. An owner that goes, and that has an
    /// owner itself (a ReplicaSet, a Job), leaves it for the pods that it still has: afterwards nothing tells whose they
    /// were. Deletion goes from the owner to the pods (Kubernetes documentation, "Garbage Collection").
    package func sightings(before transition: ObjectTransition) throws -> [AddressSighting] {
        if transition.old.kind == Self.podKind { return try pod(transition) }
        guard transition.new == nil, let owner = parsed(transition.old), Self.isBetween(owner) else { return [] }
        let pods = try lookup.objects(Self.podKind, owner.namespace, #""name":"\#(owner.name)""#)
        return try pods.flatMap { object -> [AddressSighting] in
            guard let pod = try listed(object), pod.isDirect,
                pod.controller == OwnerReference(kind: owner.kindName, name: owner.name)
            else { return [] }
            return try sightings(of: pod, at: pod.listed.ownAddresses, until: podsKnownUntil)
        }
    }

    /// True for owners that stand between a pod and the owner that policies select.
    private static func isBetween(_ owner: ParsedObject) -> Bool {
        WorkloadKind.builtIn.contains(owner.kindName) && !WorkloadKind.lasting.contains(owner.kindName)
            && owner.body["metadata"]?["ownerReferences"] != nil
    }

    private func pod(_ transition: ObjectTransition) throws -> [AddressSighting] {
        guard let old = try listed(transition.old) else { return [] }
        var gone = old.listed.ownAddresses
        if let object = transition.new, let new = parsed(object).flatMap({ try? ListedPod($0, owner: old.owner) }),
            new.pod.created == old.listed.pod.created
        {
            gone.removeAll { new.ownAddresses.contains($0) }
        }
        return try sightings(of: old, at: gone, until: transition.knownUntil)
    }

    private func sightings(
        of pod: OwnedPod, at addresses: [IPAddress], until known: Timestamp?
    ) throws -> [AddressSighting] {
        // No container, no traffic: the address may be another pod's by now.
        let last = [known, pod.listed.finished].compactMap(\.self).min()
        guard let first = pod.listed.start ?? last else { return [] }
        return try addresses.map { address in
            AddressSighting(
                cluster: cluster, address: address, peer: try peer(of: pod, at: address, from: first),
                podName: pod.listed.pod.name, first: first, last: max(first, last ?? first))
        }
    }

    /// Who the learners take the pod for while it lives; what was known of it earlier where its owner is gone.
    private func peer(of pod: OwnedPod, at address: IPAddress, from first: Timestamp) throws -> ObservedPeer {
        if !pod.isDirect {
            let known = try lookup.sightings(address, pod.listed.pod.name).filter {
                $0.peer.namespace == pod.listed.pod.namespace && $0.last >= first
            }
            if let latest = known.max(by: { $0.last < $1.last }) { return latest.peer }
        }
        return ObservedPeer(
            pod: "", namespace: pod.owner.namespace, workloadKind: pod.owner.kind, workloadName: pod.owner.name,
            labels: [:], remoteCluster: "")
    }
}

// MARK: - Owners

extension PodHistory {
    /// A pod with the owner that policies select.
    private struct OwnedPod {
        let listed: ListedPod
        let owner: WorkloadID
        let controller: OwnerReference?
        /// False where the pod's controller is gone, so that the owner is a guess by its name.
        let isDirect: Bool
    }

    private func parsed(_ object: ClusterObject) -> ParsedObject? {
        let shape = (ObjectKind.known[object.kind] ?? .customWorkload).shape
        var scanner = JSONScanner(object.body)
        guard let body = try? scanner.read(shape), case .object = body else { return nil }
        return ParsedObject(kind: object.kind, namespace: object.namespace, name: object.name, body: body)
    }

    private func listed(_ object: ClusterObject) throws -> OwnedPod? {
        guard let pod = parsed(object) else { return nil }
        let owners = try chain(from: pod)
        let table = OwnerTable(cluster: cluster, owners: owners)
        let controller = table.reference(of: pod)
        let owner = table.root(ofPod: pod)
        guard let listed = try? ListedPod(pod, owner: owner) else { return nil }
        let isOwn = controller.map { reference in
            !WorkloadKind.builtIn.contains(reference.kind) || WorkloadKind.lasting.contains(reference.kind)
                || owners.contains { $0.kindName == reference.kind && $0.name == reference.name }
        }
        return OwnedPod(listed: listed, owner: owner, controller: controller, isDirect: isOwn ?? true)
    }

    /// The stored owners above a pod, and those that its owner's name tells of where that owner is gone.
    private func chain(from pod: ParsedObject) throws -> [ParsedObject] {
        let empty = OwnerTable(cluster: cluster, owners: [])
        var found: [ParsedObject] = []
        var next = empty.reference(of: pod)
        while let reference = next, found.count < OwnerTable.longestChain {
            guard let owner = try stored(reference, in: pod.namespace) else {
                return try found + former(reference).compactMap { try stored($0, in: pod.namespace) }
            }
            found.append(owner)
            next = empty.reference(of: owner)
        }
        return found
    }

    private func former(_ owner: OwnerReference) -> [OwnerReference] {
        switch owner.kind {
        case "ReplicaSet":
            OwnerName.deployment(ofReplicaSet: owner.name).map { [OwnerReference(kind: "Deployment", name: $0)] } ?? []
        case "Job": OwnerName.cronJob(ofJob: owner.name).map { [OwnerReference(kind: "CronJob", name: $0)] } ?? []
        default: []
        }
    }

    private static let builtInKinds = Dictionary(
        ObjectKind.known.keys.map { (String($0.drop { $0 != "/" }.dropFirst()), $0) }
            .filter { WorkloadKind.builtIn.contains($0.0) }, uniquingKeysWith: min)

    private func stored(_ owner: OwnerReference, in namespace: Namespace) throws -> ParsedObject? {
        guard let kind = Self.builtInKinds[owner.kind] else { return nil }
        let key = ClusterObject.Key(kind: kind, namespace: namespace, name: owner.name)
        return try lookup.object(key).flatMap(parsed)
    }
}
