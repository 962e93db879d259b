import Domain

/// Whom egress rules let leave at one probe, by the peer that the destination has to be.
struct EgressReach {
    private struct Reach {
        var everywhere: PartyMask
        var byPeer: [Int: PartyMask] = [:]

        mutating func add(_ leaving: PartyMask, _ peers: [Int]?, none: PartyMask) {
            guard let peers else {
                everywhere.formUnion(leaving)
                return
            }
            for peer in peers { byPeer[peer, default: none].formUnion(leaving) }
        }
    }

    /// Under nil what rules allow by number, or by no port at all.
    private var byName: [String?: Reach] = [:]

    init(rules: [PolicyTable.Rule], subjects: [Int: PartyMask], probe: PortProbe, none: PartyMask) {
        let target = PortTarget(protocol: probe.protocol, port: probe.port, names: [])
        for rule in rules {
            guard let leaving = subjects[rule.policy] else { continue }
            for name in Self.names(rule, target) {
                byName[name, default: Reach(everywhere: none)].add(leaving, rule.peers, none: none)
            }
        }
    }

    /// Under which names a rule counts.
    private static func names(_ rule: PolicyTable.Rule, _ target: PortTarget) -> Set<String?> {
        guard !rule.matches(target) else { return [nil] }
        let named = rule.ports.compactMap { port -> String? in
            guard case .name(target.protocol, let name) = port else { return nil }
            return name
        }
        return Set(named)
    }

    /// Adds the sources that may leave for a destination which is these peers and has these names for the port.
    func add(to sources: inout PartyMask, peers: [Int], names: [String]) {
        for name in [nil] + names.map(Optional.some) {
            guard let reach = byName[name] else { continue }
            sources.formUnion(reach.everywhere)
            for peer in peers {
                guard let leaving = reach.byPeer[peer] else { continue }
                sources.formUnion(leaving)
            }
        }
    }
}
