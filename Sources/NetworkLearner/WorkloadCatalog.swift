import Domain

/// Chooses the labels by which a policy selects each workload, and proves that they select no other.
///
/// The proof is against all pods and pod templates that are known, the repository's among them: every selector matches all of
/// its workload's templates and pods, and none of another workload in the namespace.
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

    /// The pods and templates that carry a label, and the labels that all of these have in common.
    private struct Carriers {
        private(set) var all: [Carrier] = []
        private(set) var common: Labels = [:]

        mutating func add(_ carrier: Carrier) {
            common = all.isEmpty ? carrier.labels : common.filter { carrier.labels[$0.key] == $0.value }
            all.append(carrier)
        }
    }

    private var carriers: [Pair: Carriers] = [:]
    private var own: [WorkloadID: [Labels]] = [:]
    private var declared: [WorkloadID: Labels] = [:]
    private var chosen: [WorkloadID: PodLabels] = [:]
    /// The peers that select each workload.
    private(set) var peers = PeerBook([:])
    /// True if the network plugin does not look at all labels.
    private let isSelective: Bool

    init(view: ClusterView, profile: NetworkProfile, observedLabels: [WorkloadID: Set<Labels>]) {
        isSelective = profile == .cilium
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
        // What the repository will roll out next has to be told apart as well. Manifests may lack labels that are added
        // when they are rendered: one that its own selector does not match says nothing about the running workload.
        for workload in view.index.inventory.repositoryWorkloads where !workload.hostNetwork {
            guard isCarried(declared[workload.id] ?? workload.templateLabels, by: workload.templateLabels) else {
                continue
            }
            add(Carrier(owner: workload.id, labels: workload.templateLabels))
        }
        for id in own.keys { chosen[id] = choose(id) }
        peers = PeerBook(chosen)
    }

    /// The labels that select this workload and no other; nil if there are none.
    func selector(of workload: WorkloadID) -> PodLabels? { chosen[workload] }

    private mutating func add(_ carrier: Carrier) {
        own[carrier.owner, default: []].append(carrier.labels)
        for (key, value) in carrier.labels {
            let pair = Pair(namespace: carrier.owner.namespace, key: key, value: value)
            carriers[pair, default: Carriers()].add(carrier)
        }
    }

    private func choose(_ id: WorkloadID) -> PodLabels? {
        let common = commonLabels(id)
        let stable = LabelChoice.stable(common)
        // `spec.selector` cannot change and was made to tell the workload's pods from others: a version that it names
        // lasts as well, but is left out where pods can be told apart without it.
        let own = declared[id].map(LabelChoice.lasting).flatMap { isCarried($0, by: common) ? $0 : nil } ?? [:]
        let lasting = LabelChoice.stable(own)
        let base = lasting.isEmpty ? stable : lasting
        guard let first = PodLabels(base) else { return nil }
        return hasRival(id, first) ? narrowed(id, from: base, with: stable.merging(own) { $1 }) : first
    }

    /// Labels that all known pods and templates of the workload have in common.
    private func commonLabels(_ id: WorkloadID) -> Labels {
        guard let all = own[id], let first = all.first else { return [:] }
        let common = all.dropFirst().reduce(first) { common, labels in common.filter { labels[$0.key] == $0.value } }
        return isSelective ? common.filter { LabelChoice.isIdentityRelevant($0.key) } : common
    }

    private func isCarried(_ labels: Labels, by carried: Labels) -> Bool {
        !labels.isEmpty && labels.allSatisfy { carried[$0.key] == $0.value }
    }

    /// True if the labels select a pod of another workload that has not got this other label as well.
    ///
    /// Stops at the first, since many pods may share labels.
    private func hasRival(_ id: WorkloadID, _ selector: PodLabels, without other: (key: String, value: String)? = nil)
        -> Bool
    {
        let lists = selector.labels.map { label in
            carriers[Pair(namespace: id.namespace, key: label.key, value: label.value)] ?? Carriers()
        }
        guard let shortest = lists.min(by: { $0.all.count < $1.all.count }) else { return false }
        // All of them carry it: no need to look at each.
        if let other, shortest.common[other.key] == other.value { return false }
        return shortest.all.contains { carrier in
            carrier.owner != id && selector.match(carrier.labels)
                && (other.map { carrier.labels[$0.key] != $0.value } ?? true)
        }
    }

    /// At most so many rivals are named.
    private static let shownRivals = 3

    /// Why nothing selects the workload alone, and what would.
    func refusal(_ id: WorkloadID) -> SelectorRefusal {
        let stable = LabelChoice.stable(commonLabels(id))
        let rivals = PodLabels(stable).map { self.rivals(id, $0) } ?? []
        let label = "app.kubernetes.io/name: \(id.name)"
        let advice =
            stable.isEmpty
            ? "its pods have no label in common that lasts: add one to its pod template, such as `\(label)`"
            : "its pods have the same labels as those of \(rivals.map(\.description).joined(separator: ", ")): add one of "
                + "its own to its pod template, such as `app.kubernetes.io/component: \(id.name)`"
        return SelectorRefusal(workload: id, rivals: rivals, advice: advice)
    }

    private func rivals(_ id: WorkloadID, _ selector: PodLabels) -> [WorkloadID] {
        let lists = selector.labels.map { label in
            carriers[Pair(namespace: id.namespace, key: label.key, value: label.value)]?.all ?? []
        }
        let shortest = lists.min { $0.count < $1.count } ?? []
        let owners = Set(shortest.lazy.filter { $0.owner != id && selector.match($0.labels) }.map(\.owner))
        return Array(owners.sorted().prefix(Self.shownRivals))
    }

    /// Adds lasting labels, in alphabetical order, that exclude a rival still selected; nil if some rival remains.
    private func narrowed(_ id: WorkloadID, from base: Labels, with stable: Labels) -> PodLabels? {
        var labels = base
        for (key, value) in stable.sorted(by: { $0.key < $1.key }) where labels[key] == nil {
            guard let present = PodLabels(labels) else { break }
            if hasRival(id, present, without: (key, value)) { labels[key] = value }
        }
        return PodLabels(labels).flatMap { hasRival(id, $0) ? nil : $0 }
    }
}
