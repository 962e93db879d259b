import Domain

/// Follows ownerReferences from pods to the owner that a policy selects.
struct OwnerTable {
    private struct Declared {
        let controller: WorkloadID?
        let isLasting: Bool
    }

    /// Longer chains, and cycles, are not followed: real ones have up to five links.
    static let longestChain = 16

    private let cluster: ClusterName
    private var declared: [WorkloadID: Declared] = [:]
    /// Owners of kinds that Kubernetes does not have itself, which may own ReplicaSets as well.
    private var custom: [ObjectKey: [WorkloadID]] = [:]

    init(cluster: ClusterName, owners: [ParsedObject]) {
        self.cluster = cluster
        for owner in owners {
            let isCustom = !WorkloadKind.builtIn.contains(owner.kindName)
            let isLasting = isCustom || WorkloadKind.lasting.contains(owner.kindName)
            if isCustom { custom[owner.key, default: []].append(id(owner)) }
            declared[id(owner)] = Declared(controller: controller(of: owner), isLasting: isLasting)
        }
    }

    func id(_ object: ParsedObject) -> WorkloadID {
        WorkloadID(cluster: cluster, namespace: object.namespace, kind: object.kindName, name: object.name)
    }

    /// The root owner of a pod: the pod itself where it has no owner but a Node (static pods).
    func root(ofPod pod: ParsedObject) -> WorkloadID {
        guard let owner = controller(of: pod) else { return id(pod) }
        let hash = pod.body["metadata"]?["labels"]?["pod-template-hash"]?.text
        return root(of: owner, hash: hash)
    }

    /// The root owner of an owner, itself included; the owner itself if the references run in a circle.
    ///
    /// Kinds that people write are roots, whatever operator made them; ReplicaSets, Jobs and the like are not.
    func root(of start: WorkloadID, hash: String? = nil) -> WorkloadID {
        var current = start
        for _ in 0..<Self.longestChain {
            guard let object = declared[current] else { return formerRoot(of: current, hash: hash) }
            guard !object.isLasting, let controller = object.controller else { return current }
            current = controller
        }
        return start
    }

    /// Owners whose references run in a circle, or further than any real chain; sorted.
    var endless: [WorkloadID] {
        declared.keys.filter { start in
            var current = start
            for _ in 0..<Self.longestChain {
                guard let object = declared[current], !object.isLasting, let next = object.controller else {
                    return false
                }
                current = next
            }
            return true
        }.sorted()
    }

    /// The declared owner of an owner that is gone, by its name: `web-7d9c` of Deployment web.
    private func formerRoot(of id: WorkloadID, hash: String?) -> WorkloadID {
        let candidates: [WorkloadID]
        switch id.kind {
        case "ReplicaSet":
            guard let name = OwnerName.deployment(ofReplicaSet: id.name, hash: hash) else { return id }
            candidates =
                [sibling(of: id, kind: "Deployment", name: name)]
                + (custom[ObjectKey(id.namespace, name)] ?? [])
        case "Job":
            guard let name = OwnerName.cronJob(ofJob: id.name) else { return id }
            candidates = [sibling(of: id, kind: "CronJob", name: name)]
        default:
            return id
        }
        let existing = candidates.filter { declared[$0] != nil }
        return existing.count == 1 ? existing[0] : id
    }

    private func sibling(of id: WorkloadID, kind: String, name: String) -> WorkloadID {
        WorkloadID(cluster: cluster, namespace: id.namespace, kind: kind, name: name)
    }

    private func controller(of object: ParsedObject) -> WorkloadID? {
        reference(of: object).map { sibling(of: id(object), kind: $0.kind, name: $0.name) }
    }

    /// The reference that is marked as controller; a single unmarked one counts if its kind owns pods.
    func reference(of object: ParsedObject) -> OwnerReference? {
        let references = object.body["metadata"]?.items("ownerReferences") ?? []
        let marked = references.first { $0["controller"]?.bool == true }
        let single = references.count == 1 && references[0]["controller"] == nil ? references[0] : nil
        let isOwner = single?["kind"]?.text.map(WorkloadKind.builtIn.contains) ?? false
        guard let reference = marked ?? (isOwner ? single : nil), let kind = reference["kind"]?.text, kind != "Node",
            let name = reference["name"]?.text, ObjectName.isKind(kind), ObjectName.isSubdomain(name)
        else { return nil }
        return OwnerReference(kind: kind, name: name)
    }
}

/// The owner that an object names, in its own namespace.
struct OwnerReference: Hashable {
    let kind: String
    let name: String
}
