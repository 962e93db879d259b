import Domain

/// All distinct peers of a policy set, numbered, with indexes that find those that hold a party.
struct PeerTable {
    private enum Key: Hashable {
        /// Pods of one namespace: a peer with only a pod selector.
        case local(Namespace, LabelSelector)
        case selected(namespaces: LabelSelector, pods: LabelSelector)
        case block(CIDR, except: [CIDR])
    }

    private var ids: [Key: Int] = [:]
    private var localPods: [Namespace: SelectorIndex] = [:]
    private var namespaceSelectors = SelectorIndex([])
    /// The pod selectors beside each distinct namespace selector, by its number.
    private var selectedPods: [SelectorIndex] = []
    private var blocks = AddressIndex()
    private var exceptions: [Int: AddressIndex] = [:]

    /// The peer's number. Nil for one without any selector, which the API server refuses and which holds nobody.
    mutating func intern(_ peer: NetworkPolicy.Peer, policyNamespace: Namespace) -> Int? {
        guard let key = Self.key(peer, policyNamespace: policyNamespace) else { return nil }
        if let known = ids[key] { return known }
        ids[key] = ids.count
        return ids.count - 1
    }

    private static func key(_ peer: NetworkPolicy.Peer, policyNamespace: Namespace) -> Key? {
        switch peer {
        case .pods(nil, nil): nil
        case .pods(let pods?, nil): .local(policyNamespace, pods)
        case .pods(let pods, let namespaces?): .selected(namespaces: namespaces, pods: pods ?? LabelSelector())
        case .ipBlock(let range, let except): .block(range, except: except)
        case .entity, .name: nil
        }
    }

    /// Builds the indexes, once all peers are interned.
    mutating func buildIndexes() {
        var local: [Namespace: [(selector: LabelSelector, id: Int)]] = [:]
        var selected: [LabelSelector: [(selector: LabelSelector, id: Int)]] = [:]
        for (key, id) in ids {
            switch key {
            case .local(let namespace, let pods): local[namespace, default: []].append((pods, id))
            case .selected(let namespaces, let pods): selected[namespaces, default: []].append((pods, id))
            case .block(let range, let except): insert(range, except: except, id: id)
            }
        }
        localPods = local.mapValues(SelectorIndex.init)
        let groups = Array(selected)
        namespaceSelectors = SelectorIndex(groups.enumerated().map { ($0.element.key, $0.offset) })
        selectedPods = groups.map { SelectorIndex($0.value) }
    }

    private mutating func insert(_ range: CIDR, except: [CIDR], id: Int) {
        blocks.insert(range, id: id)
        guard !except.isEmpty else { return }
        var index = AddressIndex()
        for inner in except { index.insert(inner, id: 0) }
        exceptions[id] = index
    }

    /// False if no peer is an address block; addresses then need not be looked up.
    var hasBlocks: Bool { !blocks.isEmpty }

    /// The numbers of the selector groups that accept a namespace, for `pods(in:groups:labels:)`.
    func namespaceGroups(_ namespaceLabels: Labels) -> [Int] { namespaceSelectors.matches(namespaceLabels) }

    /// The pod peers that hold a pod, ascending.
    func pods(in namespace: Namespace, groups: [Int], labels: Labels) -> [Int] {
        let local = localPods[namespace]?.matches(labels) ?? []
        return groups.reduce(into: local) { $0 += selectedPods[$1].matches(labels) }.sorted()
    }

    /// The address blocks that hold an address, ascending.
    func blocks(holding address: IPAddress) -> [Int] {
        blocks.matches(address).filter { exceptions[$0]?.matches(address).isEmpty ?? true }.sorted()
    }
}
