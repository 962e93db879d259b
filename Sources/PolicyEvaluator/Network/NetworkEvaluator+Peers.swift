import Domain

extension NetworkEvaluator {
    /// All peers that hold a party: those for pods, blocks, entities and names; a number may be there twice.
    ///
    /// - Parameter pod: the pod at the other end, which tells its own node from others; nil for any.
    func peers(
        of party: NetworkParty, _ selected: SelectedPod?, at address: IPAddress?, facing pod: NetworkParty?,
        isDestination: Bool = false
    ) -> [Int] {
        var held = selected?.peers ?? []
        if table.peers.hasIdentities {
            held += entities(of: party, facing: pod, isDestination: isDestination)
            if party.isOutside { held += table.peers.names(holding: party.names) }
        }
        guard table.peers.hasBlocks else { return held }
        guard let address else {
            let ranges = party.addresses.flatMap { blocks(holding: $0, party) }
            return ranges.isEmpty ? held : held + sortedUnique(ranges)
        }
        return held + blocks(holding: address, party)
    }

    private func blocks(holding address: IPAddress, _ party: NetworkParty) -> [Int] {
        blocks(holding: address) + (party.isOutside ? table.peers.outsideBlocks(holding: address) : [])
    }

    /// The entities that a party is (Cilium documentation, "Entities based").
    ///
    /// Of a node that may be the pod's own or not, `host` alone says nothing. `remote-node` alone is enough for what comes
    /// from it, since a pod's own node passes anyway; to reach it takes a rule for both.
    private func entities(of party: NetworkParty, facing pod: NetworkParty?, isDestination: Bool) -> [Int] {
        var found: [Int?] = []
        if party.isOutside { found.append(table.peers.entity(.world)) }
        if party.isAPIServer { found.append(table.peers.entity(.apiServer)) }
        if party.isOnHost {
            let isKnown = party.nodeName != nil && pod?.nodeName != nil
            let isOwn = isKnown && party.nodeName == pod?.nodeName
            if isOwn { found.append(table.peers.entity(.host)) }
            if isKnown ? !isOwn : !isDestination { found.append(table.peers.entity(.remoteNode)) }
            found.append(table.peers.anyNode)
        }
        return found.compactMap(\.self)
    }
}
