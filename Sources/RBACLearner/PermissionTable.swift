import Domain

/// One grantee's permissions: its uses with names decided, and without what a cluster-wide permission gives anyway.
struct PermissionTable {
    struct Cell {
        /// The name of a use is empty where the permission holds for any name.
        var uses: [UseKey: UseTally]
        /// Why the permission holds for any name, if no request did without one.
        var widening: AccessEvidence.Note?
        var isUnnamed: Bool
        /// The names that the permission holds for; the empty name alone where it holds for all.
        let names: Set<ExactText>

        func covers(_ name: String) -> Bool { isUnnamed || names.contains(ExactText(name)) }
    }

    var cells: [AccessAction: Cell] = [:]

    /// - Parameter home: the namespace of a service account; nil for others.
    init(_ ledger: UseLedger, _ options: AccessLearningOptions, home: Namespace?) {
        for (permission, uses) in ledger.cells {
            cells[permission] = Self.decided(permission, uses, options.namesThreshold)
        }
        inferUpgrades()
        add(options.bundles, home: home)
        dropCovered()
    }

    /// True if the permission, in its namespace or in the whole cluster, holds for the name.
    func covers(_ permission: AccessAction, name: String) -> Bool {
        if cells[permission]?.covers(name) == true { return true }
        return permission.namespace != .clusterScope && cells[permission.clusterWide]?.covers(name) == true
    }

    /// Adds uses that the table covers to the evidence of what covers them.
    mutating func absorb(_ ledger: UseLedger) {
        for (permission, uses) in ledger.cells {
            for (key, tally) in uses { absorb(permission, key, tally) }
        }
    }

    private mutating func absorb(_ permission: AccessAction, _ key: UseKey, _ tally: UseTally) {
        guard !key.isInferred else { return }
        let home = cells[permission]?.covers(key.name) == true ? permission : permission.clusterWide
        guard let isUnnamed = cells[home]?.isUnnamed else { return }
        let name = isUnnamed ? "" : key.name
        cells[home]?.uses.merge(UseKey(name: name, requester: key.requester), tally)
    }
}

extension PermissionTable {
    private static func decided(_ permission: AccessAction, _ uses: [UseKey: UseTally], _ threshold: Int) -> Cell {
        let names = Set(uses.keys.lazy.map { ExactText($0.name) })
        guard !names.contains(""), ObjectNames.isEnforceable(permission) else { return unnamed(uses, nil) }
        switch ImpersonationVerb(permission.verb) {
        // Asked for any node's name at once, of which RBAC's word is none (KEP-5284, story 1).
        case .identity(.associatedNode): return unnamed(uses, nil)
        // Any name at all would be anybody's identity: whatever the number of names, they stay.
        case .unconstrained, .identity: return named(uses, names)
        case .action, nil: break
        }
        if ObjectNames.isPassing(permission) { return unnamed(uses, .passingNames) }
        if let example = ObjectNames.generated(among: names) { return unnamed(uses, .generatedNames(example)) }
        if names.count > threshold { return unnamed(uses, .manyNames(names.count)) }
        return named(uses, names)
    }

    private static func named(_ uses: [UseKey: UseTally], _ names: Set<ExactText>) -> Cell {
        Cell(uses: uses, widening: nil, isUnnamed: false, names: names)
    }

    private static func unnamed(_ uses: [UseKey: UseTally], _ widening: AccessEvidence.Note?) -> Cell {
        var merged: [UseKey: UseTally] = [:]
        for (key, tally) in uses { merged.merge(UseKey(name: "", requester: key.requester), tally) }
        return Cell(uses: merged, widening: widening, isUnnamed: true, names: [""])
    }

    static let upgraded: Set<String> = ["pods/exec", "pods/attach", "pods/portforward"]

    /// A WebSocket opens with get, and is checked for create as well (Kubernetes 1.35, feature gate
    /// AuthorizePodWebsocketUpgradeCreatePermission); SPDY opens with create.
    private mutating func inferUpgrades() {
        for (permission, cell) in cells
        where permission.apiGroup.isEmpty && Self.upgraded.contains(permission.resourceWithSubresource) {
            guard let other = ["get": "create", "create": "get"][permission.verb] else { continue }
            let counterpart = permission.with(verb: other)
            guard cells[counterpart] == nil else { continue }
            let inferred = cell.uses.map { key, tally in
                (UseKey(name: key.name, requester: key.requester, inference: .upgrade), tally)
            }
            cells[counterpart] = Cell(
                uses: Dictionary(inferred) { first, _ in first }, widening: nil, isUnnamed: cell.isUnnamed,
                names: cell.names)
        }
    }

    /// Moves uses in a namespace to the cluster-wide permission that covers them.
    private mutating func dropCovered() {
        for (permission, cell) in cells where permission.namespace != .clusterScope {
            guard let wide = cells[permission.clusterWide] else { continue }
            let kept = cell.isUnnamed && !wide.isUnnamed ? cell.uses : cell.uses.filter { !wide.covers($0.key.name) }
            for (key, tally) in cell.uses where kept[key] == nil { absorb(permission.clusterWide, key, tally) }
            cells[permission] =
                kept.isEmpty
                ? nil
                : Cell(
                    uses: kept, widening: cell.widening, isUnnamed: cell.isUnnamed,
                    names: Set(kept.keys.lazy.map { ExactText($0.name) }))
        }
    }
}

extension PermissionTable {
    /// When the uses were seen; nil if there are none.
    var history: AccessHistory? {
        var history: AccessHistory?
        var novelties: [Timestamp] = []
        for cell in cells.values {
            var firsts: [ExactText: Timestamp] = [:]
            for (key, tally) in cell.uses where !key.isInferred {
                let name = ExactText(key.name)
                firsts[name] = min(firsts[name] ?? tally.fact.first, tally.fact.first)
                if history?.merge(tally.fact) == nil { history = AccessHistory(tally.fact) }
            }
            novelties += firsts.values
        }
        if let newest = novelties.max() { history?.lastNovelty = newest }
        return history
    }

    /// The evidence behind one permission, for each of its names.
    func evidence(_ permission: AccessAction) -> [ExactText: [AccessEvidence]] {
        guard let cell = cells[permission] else { return [:] }
        var found: [ExactText: [AccessEvidence]] = [:]
        for (key, tally) in cell.uses {
            found[ExactText(key.name), default: []].append(
                AccessEvidence(
                    action: permission.renamed(key.name), requester: key.requester,
                    note: key.inference?.note ?? cell.widening, tally))
        }
        return found
    }
}

extension UseKey.Inference {
    fileprivate var note: AccessEvidence.Note {
        switch self {
        case .upgrade: .inferred
        case .bundle(let bundle): .bundle(bundle)
        }
    }
}

extension AccessHistory {
    init(_ fact: AccessFact) {
        self.init(days: fact.days, first: fact.first, last: fact.last, lastNovelty: fact.first)
    }

    mutating func merge(_ fact: AccessFact) {
        days.formUnion(fact.days)
        first = min(first, fact.first)
        last = max(last, fact.last)
    }
}

extension AccessEvidence {
    fileprivate init(action: AccessAction, requester: Subject, note: Note?, _ tally: UseTally) {
        self.init(
            action: action, requester: requester, note: note, count: tally.fact.count, dryRuns: tally.fact.dryRuns,
            first: tally.fact.first, last: tally.fact.last, days: tally.fact.days.count,
            sources: tally.fact.sources.names, sample: tally.fact.sample, isLowConfidence: tally.isLowConfidence)
    }
}
