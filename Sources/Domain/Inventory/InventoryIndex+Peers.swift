extension InventoryIndex {
    /// The workload behind a pod peer: by the listed pod, by the owner that the record names, or by its labels.
    ///
    /// - Parameter podName: the pod's name where it is known beside the peer (an `AddressSighting` has it).
    package func match(_ peer: ObservedPeer, podName: String = "") -> WorkloadMatch {
        guard peer.kind == .pod else { return .unknown }
        let named = !peer.workloadKind.isEmpty && !peer.workloadName.isEmpty
        if isRemote(peer) {
            guard named else { return .unknown }
            let remote = ClusterName(peer.remoteCluster)
            return .undeclared(
                WorkloadID(
                    cluster: remote, namespace: peer.namespace, kind: peer.workloadKind, name: peer.workloadName))
        }
        let pod = podName.isEmpty ? peer.podName : podName
        if let listed = podsByName[NamespacedName(peer.namespace, pod)] { return known(listed.owner) }
        // The controller of a static pod is its Node, which is no owner that a policy could select.
        if named, peer.workloadKind != "Node" {
            return matchOwner(
                WorkloadID(
                    cluster: cluster, namespace: peer.namespace, kind: peer.workloadKind, name: peer.workloadName))
        }
        return match(labels: peer.labels, in: peer.namespace, podName: pod)
    }

    /// True if the record places the pod in another cluster of a mesh.
    package func isRemote(_ peer: ObservedPeer) -> Bool {
        !peer.remoteCluster.isEmpty && peer.remoteCluster != cluster.rawValue
            && !inventory.aliases.contains(peer.remoteCluster)
    }

    /// The declared root owner of an owner: itself, its Deployment or CronJob.
    package func matchOwner(_ id: WorkloadID) -> WorkloadMatch {
        if workloads[id] != nil { return .declared(id) }
        if let root = inventory.rootOwners[id] { return known(root) }
        let candidates = formerOwners(of: id)
        return candidates.count == 1 ? .declared(candidates[0]) : .undeclared(id)
    }

    /// The workload whose selector, or template where it has none, fits the labels; ambiguous if several do.
    package func match(labels: Labels, in namespace: Namespace, podName: String = "") -> WorkloadMatch {
        let selecting = selectors.selecting(labels, in: namespace)
        if selecting.count == 1 { return .declared(selecting[0].id) }
        let generators = OwnerName.owners(ofPod: podName).map {
            WorkloadID(cluster: cluster, namespace: namespace, kind: $0.kind, name: $0.name)
        }
        guard !selecting.isEmpty else {
            let existing = labels.isEmpty ? generators.filter { workloads[$0] != nil } : []
            return existing.count == 1 ? .declared(existing[0]) : .unknown
        }
        let whole = selecting.filter { SelectorIndex.hasStableLabels($0, of: labels) }
        if whole.count == 1 { return .declared(whole[0].id) }
        let generating = selecting.filter { generators.contains($0.id) }
        return generating.count == 1 ? .declared(generating[0].id) : .ambiguous(selecting.map(\.id).sorted())
    }

    func known(_ id: WorkloadID) -> WorkloadMatch {
        workloads[id] == nil ? .undeclared(id) : .declared(id)
    }

    /// Declared owners that a deleted owner belonged to, by its name.
    private func formerOwners(of id: WorkloadID) -> [WorkloadID] {
        func declared(_ kind: String, _ name: String) -> [WorkloadID] {
            let candidate = WorkloadID(cluster: cluster, namespace: id.namespace, kind: kind, name: name)
            return workloads[candidate] == nil ? [] : [candidate]
        }
        func custom(_ name: String) -> [WorkloadID] { customWorkloads[NamespacedName(id.namespace, name)] ?? [] }
        switch id.kind {
        case "ReplicaSet":
            guard let name = OwnerName.deployment(ofReplicaSet: id.name) else { return [] }
            return declared("Deployment", name) + custom(name)
        case "Job":
            return OwnerName.cronJob(ofJob: id.name).map { declared("CronJob", $0) } ?? []
        case "Deployment":
            // Cilium and Istio call the owner of any ReplicaSet with a template hash a Deployment.
            return custom(id.name)
        default:
            return []
        }
    }
}
