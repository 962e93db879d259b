import Domain

extension PermissionTable {
    /// Adds what the bundles conclude from what is there, on the same names and in the same scope.
    ///
    /// All conclusions are drawn from the permissions as they were: no bundle builds on another.
    /// - Parameter home: the namespace of a service account; nil for others.
    mutating func add(_ bundles: Set<AccessBundle>, home: Namespace?) {
        guard !bundles.isEmpty else { return }
        let observed = cells
        for (permission, cell) in observed where permission.isResourceRequest && permission.subresource.isEmpty {
            for bundle in bundles {
                for verb in bundle.verbs(from: permission, home: home) where verb != permission.verb {
                    let target = permission.with(verb: verb)
                    conclude(target, from: cell, known: observed[target], bundle)
                }
            }
        }
    }

    private mutating func conclude(
        _ target: AccessAction, from source: Cell, known: Cell?, _ bundle: AccessBundle
    ) {
        var added: [UseKey: UseTally] = [:]
        // Who creates an object for the first time tells no name.
        let isNamed = target.verb != "create" && ObjectNames.isEnforceable(target)
        for (key, tally) in source.uses {
            let name = isNamed ? key.name : ""
            guard known?.covers(name) != true else { continue }
            var tally = tally
            // Not a request was seen of it.
            tally.fact.count = 0
            tally.fact.dryRuns = 0
            added.merge(UseKey(name: name, requester: key.requester, inference: .bundle(bundle)), tally)
        }
        guard !added.isEmpty else { return }
        cells[target] = Cell(joining: cells[target], added)
    }
}

extension PermissionTable.Cell {
    /// The cell with more uses; it holds for any name as soon as one of them does.
    fileprivate init(joining cell: Self?, _ added: [UseKey: UseTally]) {
        let isUnnamed = cell?.isUnnamed == true || added.keys.contains { $0.name.isEmpty }
        var uses: [UseKey: UseTally] = [:]
        for (key, tally) in (cell?.uses ?? [:]) {
            uses.merge(isUnnamed ? key.withoutName : key, tally)
        }
        for (key, tally) in added { uses.merge(isUnnamed ? key.withoutName : key, tally) }
        self.init(
            uses: uses, widening: cell?.widening, isUnnamed: isUnnamed,
            names: Set(uses.keys.lazy.map { ExactText($0.name) }))
    }
}

extension UseKey {
    fileprivate var withoutName: UseKey { UseKey(name: "", requester: requester, inference: inference) }
}

extension AccessBundle {
    private static let reading = ["get", "list", "watch"]

    /// The verbs that the bundle gives to whoever has the permission.
    fileprivate func verbs(from permission: AccessAction, home: Namespace?) -> [String] {
        switch self {
        case .read: return Self.reading.contains(permission.verb) ? Self.reading : []
        case .leaderElection:
            // A create tells no name, so that nothing else follows from it alone.
            guard permission.apiGroup == "coordination.k8s.io", permission.resource == "leases",
                permission.namespace == home, ["get", "update", "patch"].contains(permission.verb)
            else { return [] }
            return ["get", "update", "create"]
        case .events:
            guard ["", "events.k8s.io"].contains(permission.apiGroup), permission.resource == "events",
                ["create", "patch"].contains(permission.verb)
            else { return [] }
            return ["create", "patch", "update"]
        }
    }
}

extension LearnedRole {
    /// What bundles added to the role, in words; nil where they added nothing.
    ///
    /// `read: watch configmaps "routes", list pods; events: update events`.
    package var inferredText: String? {
        var found: [AccessBundle: [Permission: Set<ExactText>]] = [:]
        for evidence in rules.lazy.flatMap(\.evidence) {
            guard case .bundle(let bundle) = evidence.note else { continue }
            let action = evidence.action
            let kind = action.resource + (action.apiGroup.isEmpty ? "" : ".\(action.apiGroup)")
            let permission = Permission(resource: ExactText(kind), verb: ExactText(action.verb))
            found[bundle, default: [:]][permission, default: []].insert(ExactText(action.name))
        }
        guard !found.isEmpty else { return nil }
        return found.sorted { $0.key < $1.key }.map { bundle, permissions in
            let words = permissions.sorted { $0.key < $1.key }.map { permission, names in
                let named = names.contains("") ? [] : names.sorted().map { "\"\($0)\"" }
                return "\(permission.verb) \(permission.resource)" + (named.isEmpty ? "" : " ")
                    + named.joined(separator: " ")
            }
            return "\(bundle.rawValue): \(words.joined(separator: ", "))"
        }.joined(separator: "; ")
    }

    private struct Permission: Hashable, Comparable {
        let resource: ExactText
        let verb: ExactText

        static func < (left: Self, right: Self) -> Bool {
            left.resource == right.resource
                ? VerbOrder.precedes(left.verb.text, right.verb.text) : left.resource < right.resource
        }
    }
}
