package import Domain

/// Keeps what an earlier proposal allowed and people merged: absence of evidence is not evidence, so that an update adds.
package enum KeptRules {
    /// The new policy with the rules of the present one that it does not have; and how many cells were kept.
    ///
    /// Nothing is kept of a policy that selected other pods, or whose dialect means something else by the same words.
    package static func merge(_ new: NetworkPolicy, keeping present: NetworkPolicy) -> (
        policy: NetworkPolicy, kept: Int
    ) {
        guard new.podSelector == present.podSelector, new.dialect.means(like: present.dialect) else { return (new, 0) }
        var policy = new
        let ingress = missing(present.ingress, in: new.ingress)
        let egress = missing(present.egress, in: new.egress)
        policy.ingress += ingress.rules
        policy.egress = readingNames(policy.egress + egress.rules, as: new.egress + present.egress)
        policy.policyTypes = NetworkPolicy.PolicyType.allCases.filter {
            new.policyTypes.contains($0) || present.policyTypes.contains($0)
        }
        return (policy, ingress.cells + egress.cells)
    }

    /// A peer that is selected by labels alone, where that can be, and a port: however peers were joined, it is the same.
    private struct Cell: Hashable {
        let peer: NetworkPolicy.Peer
        let port: NetworkPolicy.PolicyPort
    }

    /// What the present rules allow and the new ones do not, peer by peer and port by port, as rules in the present order.
    private static func missing(
        _ present: [NetworkPolicy.Rule], in new: [NetworkPolicy.Rule]
    ) -> (rules: [NetworkPolicy.Rule], cells: Int) {
        var known = Set(new.flatMap(cells))
        var rules: [NetworkPolicy.Rule] = []
        var count = 0
        for rule in present {
            // Every peer, or every port: no cell says it, so that the rule stays whole.
            if rule.peers.isEmpty || rule.ports.isEmpty {
                guard !new.contains(rule), !rules.contains(rule) else { continue }
                rules.append(rule)
                count += 1
                continue
            }
            var portsOfPeers: [(ports: [NetworkPolicy.PolicyPort], peers: [NetworkPolicy.Peer])] = []
            for peer in rule.peers {
                for (peer, ports) in missing(peer, rule.ports, &known, &count) {
                    if let same = portsOfPeers.firstIndex(where: { $0.ports == ports }) {
                        portsOfPeers[same].peers.append(peer)
                    } else {
                        portsOfPeers.append((ports, [peer]))
                    }
                }
            }
            rules += portsOfPeers.map {
                let peers = NetworkPolicy.Peer.joined($0.peers)
                return NetworkPolicy.Rule(peers: peers, ports: $0.ports, readsNames: rule.readsNames)
            }
        }
        return (rules, count)
    }

    /// The ports of a peer that are not known yet: as it is written if all of its list lacks the same ones, else apart.
    private static func missing(
        _ peer: NetworkPolicy.Peer, _ ports: [NetworkPolicy.PolicyPort], _ known: inout Set<Cell>, _ count: inout Int
    ) -> [(peer: NetworkPolicy.Peer, ports: [NetworkPolicy.PolicyPort])] {
        let parts = peer.separated.map { part in
            (peer: part, ports: ports.filter { known.insert(Cell(peer: part, port: $0)).inserted })
        }
        count += parts.reduce(0) { $0 + $1.ports.count }
        guard let first = parts.first, !first.ports.isEmpty, parts.allSatisfy({ $0.ports == first.ports }) else {
            return parts.filter { !$0.ports.isEmpty }
        }
        return [(peer, first.ports)]
    }

    /// The rules, where those of which all cells read names on one side do so: a rule for the same look-ups that does not
    /// would let them pass unread (Cilium documentation, "Layer 7 Policies").
    private static func readingNames(
        _ rules: [NetworkPolicy.Rule], as known: [NetworkPolicy.Rule]
    ) -> [NetworkPolicy.Rule] {
        let reading = Set(known.filter(\.readsNames).flatMap(cells))
        return rules.map { rule in
            var rule = rule
            let own = cells(rule)
            rule.readsNames = rule.readsNames || !own.isEmpty && own.allSatisfy(reading.contains)
            return rule
        }
    }

    private static func cells(_ rule: NetworkPolicy.Rule) -> [Cell] {
        rule.peers.flatMap(\.separated).flatMap { peer in rule.ports.map { Cell(peer: peer, port: $0) } }
    }

    /// The new roles and bindings with what the present ones of the same names grant beyond them; and how many rules,
    /// roles and bindings were kept.
    package static func merge(_ new: AccessGrants, keeping present: AccessGrants) -> (grants: AccessGrants, kept: Int) {
        var kept = 0
        var grants = new
        let roles = Dictionary(new.roles.indices.map { (ObjectKey(new.roles[$0]), $0) }) { first, _ in first }
        for role in present.roles {
            guard let place = roles[ObjectKey(role)] else {
                grants.roles.append(role)
                kept += 1
                continue
            }
            let known = Set(grants.roles[place].rules.flatMap(permissions))
            let extra = role.rules.filter {
                !permissions($0).allSatisfy { known.contains($0) || known.contains($0.anyName) }
            }
            grants.roles[place].rules += extra
            kept += extra.count
        }
        let bindings = Dictionary(new.bindings.indices.map { (ObjectKey(new.bindings[$0]), $0) }) { first, _ in first }
        for binding in present.bindings {
            kept += keep(binding, at: bindings[ObjectKey(binding)], in: &grants.bindings)
        }
        return (grants, kept)
    }

    /// The identity of a role among roles, or of a binding among bindings.
    private struct ObjectKey: Hashable {
        @Exact private var namespace: Namespace
        @Exact private var name: String

        init(_ role: Role) { (namespace, name) = (role.namespace, role.name) }
        init(_ binding: RoleBinding) { (namespace, name) = (binding.namespace, binding.name) }
    }

    /// Adds the binding, or those of its subjects that the one of its name lacks; how many were added.
    private static func keep(_ binding: RoleBinding, at place: Int?, in bindings: inout [RoleBinding]) -> Int {
        guard let place else {
            bindings.append(binding)
            return 1
        }
        guard bindings[place].role == binding.role else { return 0 }
        let missing = binding.subjects.filter { !bindings[place].subjects.contains($0) }
        bindings[place].subjects += missing
        return missing.count
    }

    /// By bytes, as the authorizer compares.
    private struct Permission: Hashable {
        let verb: ExactText
        /// Nil for a path that is no resource.
        let group: ExactText?
        let resource: ExactText
        /// Empty for every name.
        let name: ExactText

        var anyName: Permission { Permission(verb: verb, group: group, resource: resource, name: "") }
    }

    private static func permissions(_ rule: PolicyRule) -> [Permission] {
        let names = rule.resourceNames.isEmpty ? [""] : rule.resourceNames.map { ExactText($0) }
        let resources = rule.resources.map { ExactText($0) }
        return rule.verbs.map { ExactText($0) }.flatMap { verb in
            rule.nonResourceURLs.map { Permission(verb: verb, group: nil, resource: ExactText($0), name: "") }
                + rule.apiGroups.map { ExactText($0) }.flatMap { group in
                    resources.flatMap { resource in
                        names.map { Permission(verb: verb, group: group, resource: resource, name: $0) }
                    }
                }
        }
    }
}

extension PolicyDialect {
    /// True if rules of both say the same with the same peers. Cilium does not: its address ranges hold nothing in the
    /// cluster.
    fileprivate func means(like other: PolicyDialect) -> Bool { (self == .cilium) == (other == .cilium) }
}
