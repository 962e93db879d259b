import Domain

/// Builds policies from resolved edges.
struct PolicyBuilder {
    let catalog: WorkloadCatalog
    let view: ClusterView
    let options: NetworkLearningOptions
    let newest: Timestamp

    /// What one workload's policy is built from.
    private struct Draft {
        var ingress: [Int] = []
        var egress: [Int] = []
        var held: [HeldBackConnection] = []
        /// Of these, the connections to the workload.
        var heldIncoming: [HeldBackConnection] = []
        var days = DaySet()
    }

    func build(_ ledger: EdgeLedger) -> LearnedNetwork {
        let edges = ledger.sortedEdges()
        var drafts: [WorkloadID: Draft] = [:]
        for (number, edge) in edges.enumerated() {
            if let id = edge.key.source.workload {
                drafts[id, default: Draft()].egress.append(number)
                drafts[id]?.days.formUnion(edge.entry.fact.days)
            }
            if let id = edge.key.destination.workload {
                drafts[id, default: Draft()].ingress.append(number)
                drafts[id]?.days.formUnion(edge.entry.fact.days)
            }
        }
        var unplaced: [HeldBackConnection] = []
        for held in ledger.held {
            let known = Set([held.source, held.destination].compactMap { $0 }).filter { drafts[$0] != nil }
            if known.isEmpty { unplaced.append(held.connection) }
            for id in known { drafts[id]?.held.append(held.connection) }
            if let id = held.destination { drafts[id]?.heldIncoming.append(held.connection) }
        }
        let infrastructure = Infrastructure(view: view, edges: edges, options: options, catalog: catalog)
        let policies = drafts.compactMap { id, draft in policy(id, draft, edges, infrastructure) }
        return LearnedNetwork(
            policies: policies.sorted { $0.workload < $1.workload }, learned: edges.map(\.connection),
            unplaced: unplaced.sorted(), heldBack: Set(ledger.held.map(\.connection)).sorted(),
            observedLabels: ledger.observedLabels.mapValues { sets in
                sets.sorted { $0.sorted(by: <).description < $1.sorted(by: <).description }
            }, notes: infrastructure.notes)
    }

    private func policy(
        _ id: WorkloadID, _ draft: Draft, _ edges: [ResolvedEdge], _ infrastructure: Infrastructure
    ) -> WorkloadPolicy? {
        guard let selector = catalog.selector(of: id) else { return nil }
        let incoming = cells(of: id, draft.ingress, edges, infrastructure, isIngress: true)
        let outgoing = cells(of: id, draft.egress, edges, infrastructure, isIngress: false)
        let evidence: (Int) -> Evidence = { edges[$0].evidence }
        let ingress =
            WorkloadPolicy.DirectionRules(incoming.rules(evidence: evidence))
            ?? (infrastructure.isResolver(id) ? nil : closed(id, draft))
        let egress = WorkloadPolicy.DirectionRules(outgoing.rules(evidence: evidence))
        // What is new is a peer or port that was never seen before, not one more address of a peer that is anyone.
        let novelty = [incoming, outgoing].compactMap { $0.lastNovelty { edges[$0].entry.fact.first } }.max()
        let judged = options.maturity.judge(
            days: draft.days, lastNovelty: novelty ?? newest, newest: newest,
            isScheduled: view.index.workload(id)?.schedule != nil)
        let needsAttention = draft.held.contains { $0.reason.needsAttention }
        return WorkloadPolicy(
            workload: id, selector: selector, ingress: ingress, egress: egress,
            maturity: needsAttention ? min(judged, .stabilizing) : judged, days: draft.days.count,
            heldBack: draft.held.sorted())
    }

    /// Whether incoming traffic is closed although no rule was learned: where it was watched, and only probes or refused
    /// attempts came, or where nothing can come. A workload that was merely not seen to be called stays open.
    private func closed(_ id: WorkloadID, _ draft: Draft) -> WorkloadPolicy.DirectionRules? {
        let reasons = Set(draft.heldIncoming.map(\.reason))
        guard !reasons.contains(where: \.needsAttention) else { return nil }
        if reasons.contains(.ownNode) { return .closed(.ownNodeOnly) }
        if !reasons.isDisjoint(with: [.burst, .refused, .neverAnswered]) { return .closed(.refusedOnly) }
        guard let workload = view.index.workload(id), ["CronJob", "Job"].contains(id.kind), workload.ports.isEmpty,
            !view.isServed(id)
        else { return nil }
        return .closed(.noListener)
    }

    private func cells(
        of id: WorkloadID, _ numbers: [Int], _ edges: [ResolvedEdge], _ infrastructure: Infrastructure,
        isIngress: Bool
    ) -> RuleCells {
        var cells = RuleCells()
        var shared: [Party.Kind: [RulePort: [Int]]] = [:]
        for number in numbers {
            let key = edges[number].key
            let other = isIngress ? key.source : key.destination
            let port = RulePort(key.protocol, key.port)
            if let peer = peer(other, isExposed: isIngress && edges[number].entry.isExposed) {
                cells.add(peer, port, evidence: number)
            } else {
                shared[other.kind, default: [:]][port, default: []].append(number)
            }
        }
        for (kind, ports) in shared {
            for (port, numbers) in ports {
                let parties = numbers.map { isIngress ? edges[$0].key.source : edges[$0].key.destination }
                let peers = infrastructure.blocks(of: kind, seenAt: parties.compactMap(\.address))
                cells.add(peers, port, evidence: numbers)
            }
        }
        // A direction in which nothing was seen stays open.
        guard !numbers.isEmpty else { return cells }
        if isIngress {
            infrastructure.openResolver(id, &cells)
        } else {
            infrastructure.allowNames(id, &cells)
        }
        return cells
    }

    /// The one peer that a rule has to name so that it covers the party; nil for nodes and API servers, which are named
    /// all together.
    private func peer(_ party: Party, isExposed: Bool) -> RulePeer? {
        switch party {
        case .workload(let id): return catalog.selector(of: id).map { .pods(id.namespace, $0) }
        case .outside(let address) where !isExposed: return .block(CIDR(host: address))
        case .outside(let address), .node(let address):
            return isExposed ? .block(address.isIPv4 ? .anyIPv4 : .anyIPv6) : nil
        case .apiServer: return nil
        }
    }
}

/// A resolved edge with what it says to people.
///
/// A class, since a copy of the value would count a reference for each of its dozen strings.
final class ResolvedEdge: Sendable {
    let key: EdgeLedger.Key
    let entry: EdgeLedger.Entry

    init(key: EdgeLedger.Key, entry: EdgeLedger.Entry) {
        self.key = key
        self.entry = entry
    }

    var connection: LearnedConnection {
        LearnedConnection(
            source: key.source, destination: key.destination, protocol: key.protocol, port: key.port)
    }

    var evidence: Evidence {
        var notes = entry.notes.sorted()
        if !entry.hasKnownDirection { notes.append("direction inferred: the destination is known to listen there") }
        return Evidence(
            what: key.text, note: notes.isEmpty ? nil : notes.joined(separator: "; "), count: entry.fact.count,
            first: entry.fact.first, last: entry.fact.last, days: entry.fact.days.count,
            daySet: entry.fact.days, sources: entry.fact.sources.names, sample: entry.fact.sample)
    }
}
