extension AuditPolicy {
    /// Grants that stand for more cells than this are answered as a whole.
    static let mostCells = 10_000

    /// The part of a grant whose use would not be recorded for certain, as rules that grant nothing beyond it.
    ///
    /// It is what a narrowed grant has to keep whatever the log shows. It may be more than that part, never less: a
    /// namespace that a rule of the policy is limited to is left out, `pods/*` becomes the grant's own pattern, and
    /// where no rule that records bounds the rest, the grant's own cells are the answer. Not the grant's verbs that no
    /// request has (`bind`, `impersonate`) when they come as `*`. A nil `namespace` means every one and the cluster scope.
    package func unrecorded(
        _ grant: PolicyRule, by subject: AuditedSubject, impersonators: [AuditedSubject] = [],
        in namespace: Namespace? = nil
    ) -> [PolicyRule] {
        guard let cells = GrantCell.cells(of: grant, atMost: Self.mostCells) else { return [grant] }
        var found: Set<GrantCell> = []
        for cell in cells {
            for actor in [subject] + impersonators { collect(cell, by: actor, in: namespace, &found) }
            // Many exceptions for a grant that stands for many cells say no more than the grant itself.
            guard found.count <= Self.mostCells else { return [grant] }
        }
        return cells.allSatisfy { $0.isCovered(by: found) } ? [grant] : GrantCell.rules(found)
    }

    private func collect(
        _ cell: GrantCell, by actor: AuditedSubject, in namespace: Namespace?, _ found: inout Set<GrantCell>
    ) {
        let requests = cell.requests(in: namespace)
        guard requests.areRequests else {
            found.insert(cell)
            return
        }
        for rule in rules {
            let match = rule.match(requests, by: actor)
            if match == .never { continue }
            let isRecorded = records(requests, under: rule)
            if !isRecorded { found.formUnion(rule.intersection(with: cell)) }
            if match == .always { return }
        }
        found.insert(cell)
    }
}

extension AuditPolicy.Rule {
    /// What the rule may match of the cell, whoever asks.
    func intersection(with cell: GrantCell) -> [GrantCell] {
        let verbs = cell.verb == "*" && !verbs.isEmpty ? verbs : [cell.verb]
        let targets: [GrantCell.Target]
        switch cell.target {
        case .path(let path):
            targets = (paths.isEmpty ? [path] : paths).compactMap { path.intersection(with: $0) }.map { .path($0) }
        case .resource(let group, let pattern, let name):
            targets =
                resources.isEmpty
                ? [cell.target] : resources.flatMap { $0.intersection(group: group, pattern, name: name) }
        }
        return targets.flatMap { target in verbs.map { GrantCell(verb: $0, target: target) } }
    }
}

extension AuditPolicy.GroupResources {
    fileprivate func intersection(group: String, _ pattern: ResourcePattern, name: String?) -> [GrantCell.Target] {
        guard match(group: group, pattern, name: name) > .never else { return [] }
        let texts = patterns.isEmpty ? [pattern.text] : patterns.compactMap(pattern.intersection)
        // A request without a name has an empty one, and RBAC has no word for that but every name.
        let isAnyName = resources.isEmpty || resourceNames.isEmpty || resourceNames.contains("")
        let names: [String?] = name != nil || isAnyName ? [name] : resourceNames
        return texts.flatMap { text in
            names.map { .resource(group: self.group, pattern: ResourcePattern(text), name: $0) }
        }
    }
}
