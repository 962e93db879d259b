import Domain

/// Finds for each destination all sources that may open a connection, with sets of parties instead of pairs.
struct SlackSweep {
    private struct Member {
        let pod: SelectedPod?
        let peers: [Int]
    }

    private struct IngressKey: Hashable {
        let pod: ObjectIdentifier
        let names: [String]
    }

    private let parties: [NetworkParty]
    private let members: [Member]
    private let rules: [PolicyTable.Rule]
    private let everybody: PartyMask
    private let nobody: PartyMask
    private var selectable: PartyMask
    /// Parties that no policy isolates for egress.
    private var freeToLeave: PartyMask
    /// By peer: the parties that it holds.
    private var held: [Int: PartyMask] = [:]
    /// By policy: the parties that it isolates for egress.
    private var subjects: [Int: PartyMask] = [:]
    private let egressRules: [Int]

    init(evaluator: NetworkEvaluator, parties: [NetworkParty]) {
        self.parties = parties
        rules = evaluator.table.rules
        members = parties.map { party in
            let pod = evaluator.selected(party)
            return Member(pod: pod, peers: evaluator.peers(of: party, pod, at: nil, facing: nil))
        }
        let none = PartyMask(none: parties.count)
        nobody = none
        everybody = PartyMask(all: parties.count)
        selectable = none
        freeToLeave = none
        for (index, member) in members.enumerated() {
            for peer in member.peers { held[peer, default: none].insert(index) }
            let isolating = member.pod?.egress.policies ?? []
            for policy in isolating { subjects[policy, default: none].insert(index) }
            if isolating.isEmpty { freeToLeave.insert(index) }
            if member.pod != nil { selectable.insert(index) }
        }
        egressRules = subjects.keys.sorted().flatMap { evaluator.table.ruleNumbers(of: $0, .egress) ?? 0..<0 }
    }

    /// Reports every destination in order, with the sources that policies let reach it at the probe.
    func forEachDestination(_ probe: PortProbe, _ body: (Int, PartyMask) -> Void) {
        let egress = EgressReach(rules: egressRules.map { rules[$0] }, subjects: subjects, probe: probe, none: nobody)
        var ingress: [IngressKey: PartyMask] = [:]
        for (index, party) in parties.enumerated() {
            let names = party.portNames(probe.protocol, probe.port)
            var sources = freeToLeave
            egress.add(to: &sources, peers: members[index].peers, names: names)
            if let pod = members[index].pod {
                let key = IngressKey(pod: ObjectIdentifier(pod), names: names)
                let entering = ingress[key] ?? self.entering(pod, probe, names)
                ingress[key] = entering
                sources.formIntersection(entering)
            } else {
                sources.formIntersection(selectable)
            }
            sources.remove(index)
            body(index, sources)
        }
    }

    /// The parties that may enter a pod at the probe.
    private func entering(_ pod: SelectedPod, _ probe: PortProbe, _ names: [String]) -> PartyMask {
        guard !pod.ingress.policies.isEmpty else { return everybody }
        let target = PortTarget(protocol: probe.protocol, port: probe.port, names: names)
        guard !pod.ingress.open.contains(where: { rules[$0].matches(target) }) else { return everybody }
        return pod.ingress.byPeer.reduce(into: nobody) { mask, entry in
            guard let sources = held[entry.key], entry.value.contains(where: { rules[$0].matches(target) }) else {
                return
            }
            mask.formUnion(sources)
        }
    }
}
