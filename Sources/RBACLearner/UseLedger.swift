import Domain

/// What was seen of one use of a permission, merged over its edges.
struct UseTally {
    var fact: AccessFact
    /// True as long as no edge carried the authorizer's decision.
    var isLowConfidence: Bool

    mutating func merge(_ other: UseTally) {
        fact.merge(other.fact)
        isLowConfidence = isLowConfidence && other.isLowConfidence
    }
}

/// The name that a use had (empty for none), and whose it was.
struct UseKey: Hashable {
    @Exact private(set) var name: String
    let requester: Subject
    /// From what it was concluded; nil for what was observed.
    let inference: Inference?
    var isInferred: Bool { inference != nil }

    /// Why a use that was not observed is there.
    enum Inference: Hashable {
        /// The API server checks it along with the other verb.
        case upgrade
        case bundle(AccessBundle)
    }

    init(name: String, requester: Subject, inference: Inference? = nil) {
        self.name = name
        self.requester = requester
        self.inference = inference
    }
}

/// One grantee's uses as they were observed, by permission: the action without its name.
struct UseLedger {
    private(set) var cells: [AccessAction: [UseKey: UseTally]] = [:]

    mutating func add(
        _ action: AccessAction, by requester: Subject, _ tally: UseTally, inference: UseKey.Inference? = nil
    ) {
        let key = UseKey(name: action.name, requester: requester, inference: inference)
        let permission = action.name.isEmpty ? action : action.renamed("")
        cells[permission, default: [:]].merge(key, tally)
    }

    /// Takes out the uses that fulfil the condition.
    mutating func extract(where isTaken: (AccessAction, UseKey) -> Bool) -> UseLedger {
        var taken = UseLedger()
        for (permission, uses) in cells {
            let moved = uses.filter { isTaken(permission, $0.key) }
            guard !moved.isEmpty else { continue }
            taken.cells[permission] = moved
            let kept = moved.count == uses.count ? [:] : uses.filter { !isTaken(permission, $0.key) }
            cells[permission] = kept.isEmpty ? nil : kept
        }
        return taken
    }

    var isEmpty: Bool { cells.isEmpty }

    /// The newest use; nil if there is none.
    var last: Timestamp? { cells.values.lazy.flatMap(\.values).map(\.fact.last).max() }

    /// Each use with its name, merged over requesters, in order.
    var permissions: [UsedPermission] {
        cells.sorted { $0.key < $1.key }.flatMap { permission, uses in
            Dictionary(grouping: uses) { ExactText($0.key.name) }.sorted { $0.key < $1.key }.map { name, uses in
                let facts = uses.map(\.value.fact)
                return UsedPermission(
                    action: permission.renamed(name.text), count: facts.reduce(0) { $0.addingSaturated($1.count) },
                    first: facts.map(\.first).min() ?? facts[0].first, last: facts.map(\.last).max() ?? facts[0].last,
                    isInferred: uses.allSatisfy(\.key.isInferred))
            }
        }
    }

    mutating func formUnion(_ other: UseLedger) {
        for (permission, uses) in other.cells {
            for (key, tally) in uses { cells[permission, default: [:]].merge(key, tally) }
        }
    }

    /// Every use as the request that it was, each once, in the order of permissions, requesters and names.
    func observed(groups: (Subject) -> [String]) -> [ObservedAccess] {
        var groupsOf: [Subject: [String]] = [:]
        return cells.sorted { $0.key < $1.key }.flatMap { permission, uses in
            uses.keys.sorted { ($0.requester, ExactText($0.name)) < ($1.requester, ExactText($1.name)) }.map { key in
                let known = groupsOf[key.requester] ?? groups(key.requester)
                groupsOf[key.requester] = known
                return ObservedAccess(requester: key.requester, groups: known, action: permission.renamed(key.name))
            }
        }
    }
}

extension [UseKey: UseTally] {
    mutating func merge(_ key: UseKey, _ tally: UseTally) {
        if self[key]?.merge(tally) == nil { self[key] = tally }
    }
}

extension AccessAction {
    /// The same action on another name. A path has none.
    func renamed(_ name: String) -> AccessAction {
        guard isResourceRequest else { return self }
        return AccessAction(
            verb: verb, apiGroup: apiGroup, resource: resource, subresource: subresource, namespace: namespace,
            name: name)
    }

    /// The same action with another verb.
    func with(verb: String) -> AccessAction {
        AccessAction(
            verb: verb, apiGroup: apiGroup, resource: resource, subresource: subresource, namespace: namespace,
            name: name)
    }

    /// The same permission in the whole cluster.
    var clusterWide: AccessAction {
        AccessAction(verb: verb, apiGroup: apiGroup, resource: resource, subresource: subresource, name: name)
    }
}
