import Domain

/// All distinct peers of a policy set, numbered, with indexes that find those that hold a party.
struct PeerTable {
    private enum Key: Hashable {
        /// Pods of one namespace: a peer with only a pod selector.
        case local(Namespace, LabelSelector)
        case selected(namespaces: LabelSelector, pods: LabelSelector)
        case block(CIDR, except: [CIDR])
        /// A block that holds nothing in the cluster.
        case outsideBlock(CIDR, except: [CIDR])
        case entity(NetworkEntity)
        /// A node, whether it is the selected pod's own or another.
        case anyNode
        case name(String)
    }

    private var ids: [Key: Int] = [:]
    private var localPods: [Namespace: SelectorIndex] = [:]
    private var namespaceSelectors = SelectorIndex([])
    /// The pod selectors beside each distinct namespace selector, by its number.
    private var selectedPods: [SelectorIndex] = []
    private var blocks = AddressIndex()
    private var outsideBlocks = AddressIndex()
    private var names: [(pattern: NamePattern, id: Int)] = []
    private var exceptions: [Int: AddressIndex] = [:]

    /// The peer's number. Nil for one that the API server refuses, or that its dialect has no word for: it holds nobody.
    mutating func intern(_ peer: NetworkPolicy.Peer, of policy: NetworkPolicy) -> Int? {
        Self.key(peer, of: policy).map { intern($0) }
    }

    /// The number of the peer that a rule has which names both kinds of nodes.
    mutating func internAnyNode() -> Int { intern(.anyNode) }

    private mutating func intern(_ key: Key) -> Int {
        if let known = ids[key] { return known }
        ids[key] = ids.count
        return ids.count - 1
    }

    private static func key(_ peer: NetworkPolicy.Peer, of policy: NetworkPolicy) -> Key? {
        switch peer {
        case .pods(nil, nil): nil
        case .pods(let pods?, nil): .local(policy.namespace, pods)
        case .pods(let pods, let namespaces?): .selected(namespaces: namespaces, pods: pods ?? LabelSelector())
        case .ipBlock(let range, let except):
            policy.dialect == .cilium ? .outsideBlock(range, except: except) : .block(range, except: except)
        case .entity(let entity): policy.dialect.hasEntities ? .entity(entity) : nil
        case .name(let name): policy.dialect.hasNames ? .name(name) : nil
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
            case .block(let range, let except):
                blocks.insert(range, id: id)
                exclude(except, from: id)
            case .outsideBlock(let range, let except):
                outsideBlocks.insert(range, id: id)
                exclude(except, from: id)
            case .name(let name): names.append((NamePattern(name), id))
            case .entity, .anyNode: hasIdentities = true
            }
        }
        hasIdentities = hasIdentities || !names.isEmpty
        localPods = local.mapValues(SelectorIndex.init)
        let groups = Array(selected)
        namespaceSelectors = SelectorIndex(groups.enumerated().map { ($0.element.key, $0.offset) })
        selectedPods = groups.map { SelectorIndex($0.value) }
    }

    private mutating func exclude(_ except: [CIDR], from id: Int) {
        guard !except.isEmpty else { return }
        var inside = AddressIndex()
        for inner in except { inside.insert(inner, id: 0) }
        exceptions[id] = inside
    }

    /// False if no peer is an address block; addresses then need not be looked up.
    var hasBlocks: Bool { !blocks.isEmpty || !outsideBlocks.isEmpty }

    /// False if no peer is an entity or a name; who a party is then need not be asked.
    private(set) var hasIdentities = false

    /// The numbers of the selector groups that accept a namespace, for `pods(in:groups:labels:)`.
    func namespaceGroups(_ namespaceLabels: Labels) -> [Int] { namespaceSelectors.matches(namespaceLabels) }

    /// The pod peers that hold a pod, ascending.
    func pods(in namespace: Namespace, groups: [Int], labels: Labels) -> [Int] {
        let local = localPods[namespace]?.matches(labels) ?? []
        return groups.reduce(into: local) { $0 += selectedPods[$1].matches(labels) }.sorted()
    }

    /// The address blocks that hold an address, whoever has it, ascending.
    func blocks(holding address: IPAddress) -> [Int] { holding(address, blocks) }

    /// The address blocks that hold an address which nothing in the cluster has, ascending.
    func outsideBlocks(holding address: IPAddress) -> [Int] { holding(address, outsideBlocks) }

    private func holding(_ address: IPAddress, _ index: AddressIndex) -> [Int] {
        index.matches(address).filter { exceptions[$0]?.matches(address).isEmpty ?? true }.sorted()
    }

    /// The number of an entity; nil if no rule names it.
    func entity(_ entity: NetworkEntity) -> Int? { ids[.entity(entity)] }

    /// The number of the peer that holds every node; nil if no rule names both kinds.
    var anyNode: Int? { ids[.anyNode] }

    /// The peers that name one of the hosts.
    func names(holding hosts: [String]) -> [Int] {
        guard !names.isEmpty, !hosts.isEmpty else { return [] }
        return names.filter { name in hosts.contains(where: name.pattern.matches) }.map(\.id)
    }
}
