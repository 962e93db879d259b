import Domain

/// Chooses the labels by which a policy selects each workload, and proves that they select no other.
///
/// The proof is against all pods and pod templates that are known: every selector matches all of its workload's templates
/// and pods, and none of another workload in the namespace.
struct WorkloadCatalog {
    private struct Pair: Hashable {
        let namespace: Namespace
        let key: String
        let value: String
    }

    private struct Carrier {
        let owner: WorkloadID
        let labels: Labels
    }

    private var carriers: [Pair: [Carrier]] = [:]
    private var own: [WorkloadID: [Labels]] = [:]
    private var declared: [WorkloadID: Labels] = [:]
    private var chosen: [WorkloadID: PodLabels] = [:]

    init(view: ClusterView, observedLabels: [WorkloadID: Set<Labels>]) {
        for workload in view.index.inventory.workloads where !workload.hostNetwork {
            add(Carrier(owner: workload.id, labels: workload.templateLabels))
            if let selector = workload.selector, selector.matchExpressions.isEmpty {
                declared[workload.id] = selector.matchLabels
            }
        }
        for pod in view.index.inventory.pods where !pod.hostNetwork && !pod.isFinished {
            add(Carrier(owner: pod.owner, labels: pod.labels))
        }
        if !view.hasWorkloads {
            for (id, labels) in observedLabels { labels.forEach { add(Carrier(owner: id, labels: $0)) } }
        }
        for id in own.keys { chosen[id] = choose(id) }
    }

    /// The labels that select this workload and no other; nil if there are none.
    func selector(of workload: WorkloadID) -> PodLabels? { chosen[workload] }

    private mutating func add(_ carrier: Carrier) {
        own[carrier.owner, default: []].append(carrier.labels)
        for (key, value) in carrier.labels {
            let pair = Pair(namespace: carrier.owner.namespace, key: key, value: value)
            carriers[pair, default: []].append(carrier)
        }
    }

    private func choose(_ id: WorkloadID) -> PodLabels? {
        let common = commonLabels(id)
        let stable = LabelChoice.stable(common)
        // `spec.selector` cannot change and was made to tell the workload's pods from others.
        let base =
            declared[id].map { LabelChoice.stable($0) }.flatMap { isCarried($0, by: common) ? $0 : nil } ?? stable
        guard let first = PodLabels(base) else { return nil }
        guard !rivals(of: id, first).isEmpty else { return first }
        return narrowed(id, from: base, with: stable)
    }

    /// Labels that all known pods and templates of the workload have in common.
    private func commonLabels(_ id: WorkloadID) -> Labels {
        guard let all = own[id], let first = all.first else { return [:] }
        return all.dropFirst().reduce(first) { common, labels in common.filter { labels[$0.key] == $0.value } }
    }

    private func isCarried(_ labels: Labels, by carried: Labels) -> Bool {
        !labels.isEmpty && labels.allSatisfy { carried[$0.key] == $0.value }
    }

    /// Other workloads whose pods the labels would select as well.
    private func rivals(of id: WorkloadID, _ selector: PodLabels) -> [Labels] {
        let lists = selector.labels.map { label in
            carriers[Pair(namespace: id.namespace, key: label.key, value: label.value)] ?? []
        }
        let shortest = lists.min { $0.count < $1.count } ?? []
        return shortest.filter { $0.owner != id && selector.match($0.labels) }.map(\.labels)
    }

    /// Adds stable labels, in alphabetical order, that exclude a rival still selected; nil if some rival remains.
    private func narrowed(_ id: WorkloadID, from base: Labels, with stable: Labels) -> PodLabels? {
        var labels = base
        for (key, value) in stable.sorted(by: { $0.key < $1.key }) where labels[key] == nil {
            guard let present = PodLabels(labels) else { break }
            let rivals = rivals(of: id, present)
            if rivals.isEmpty { return present }
            if rivals.contains(where: { $0[key] != value }) { labels[key] = value }
        }
        return PodLabels(labels).flatMap { rivals(of: id, $0).isEmpty ? $0 : nil }
    }
}

extension EdgeLedger {
    /// Holds back edges with a workload that no selector can tell from others.
    mutating func holdUnselectable(_ catalog: WorkloadCatalog) {
        for key in entries.keys {
            let workloads = [key.source.workload, key.destination.workload].compactMap { $0 }
            guard workloads.contains(where: { catalog.selector(of: $0) == nil }) else { continue }
            hold(key, reason: .unselectable)
        }
    }
}
