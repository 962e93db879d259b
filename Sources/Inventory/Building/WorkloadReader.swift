import Domain

/// Makes a workload of each root owner: declared ones from their template, others from what they own.
struct WorkloadReader {
    let owners: OwnerTable
    /// Templates of pods and intermediate owners, by a root owner that is not declared itself.
    private var children: [WorkloadID: PodTemplate] = [:]
    private(set) var workloads: [Workload] = []
    private(set) var rootOwners: [WorkloadID: WorkloadID] = [:]
    private var declared: Set<WorkloadID> = []

    init(owners: OwnerTable) { self.owners = owners }

    /// Adds an owner that is declared.
    mutating func add(owner: ParsedObject) throws(Malformed) {
        let id = owners.id(owner)
        let root = owners.root(of: id)
        let spec = owner.body["spec"] ?? .null
        let holder = owner.kind == "batch/CronJob" ? spec["jobTemplate"]?["spec"] : spec
        let template = try PodTemplate(holder?["template"] ?? .null)
        guard root == id else {
            rootOwners[id] = root
            add(child: template, of: root)
            return
        }
        let selector = try selector(of: owner)
        guard declared.insert(id).inserted else {
            throw Malformed("another API group has an owner of that kind and name")
        }
        workloads.append(
            Workload(
                id, template, selector: selector, schedule: spec["schedule"]?.text,
                isSuspended: spec["suspend"]?.bool ?? false, created: owner.created))
    }

    /// Adds a pod, from which an owner is known that no object declares.
    mutating func add(pod: ParsedObject) throws(Malformed) {
        add(child: try PodTemplate(pod.body), of: owners.root(ofPod: pod))
    }

    /// Makes workloads of the owners that are known through what they own only. Call it last.
    mutating func addUndeclared() {
        for (id, template) in children where !declared.contains(id) {
            workloads.append(Workload(id, template, selector: nil))
        }
        children = [:]
        workloads.sort { $0.id < $1.id }
    }

    private mutating func add(child: PodTemplate, of owner: WorkloadID) {
        if children[owner]?.merge(child) == nil { children[owner] = child }
    }

    /// The selector that a person wrote: not the one that a Job gets from its uid, and none that matches every pod.
    private func selector(of owner: ParsedObject) throws(Malformed) -> LabelSelector? {
        guard owner.kind != "batch/CronJob", let value = owner.body["spec"]?["selector"] else { return nil }
        let isPlain = owner.kind == "core/ReplicationController" || owner.kind == "apps.openshift.io/DeploymentConfig"
        let selector =
            isPlain
            ? LabelSelector(matchLabels: try owner.body["spec"]?.labels("selector") ?? [:])
            : try value.asLabelSelector()
        let isGenerated = selector.matchLabels.keys.contains { $0.hasSuffix("controller-uid") }
        return isGenerated || selector.isEmpty ? nil : selector
    }
}

extension Workload {
    fileprivate init(
        _ id: WorkloadID, _ template: PodTemplate, selector: LabelSelector?, schedule: String? = nil,
        isSuspended: Bool = false, created: Timestamp? = nil
    ) {
        self.init(
            id: id, selector: selector, templateLabels: template.labels, ports: template.ports,
            probePorts: template.probePorts, hostNetwork: template.hostNetwork,
            serviceAccount: template.serviceAccount, schedule: schedule, isSuspended: isSuspended,
            scrapePorts: template.scrapePorts, created: created)
    }
}
