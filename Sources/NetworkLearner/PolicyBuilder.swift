import Domain

/// Builds policies from the edges that may become rules.
struct PolicyBuilder {
    let catalog: WorkloadCatalog
    let view: ClusterView
    let options: NetworkLearningOptions
    let newest: Timestamp
    let source: SourceDays
    let ledger: EdgeLedger

    private var table: EdgeTable { ledger.edges }

    func build(observedLabels: [WorkloadID: Set<Labels>]) -> LearnedNetwork {
        let drafts = DraftTable(ledger)
        let held = HeldConnections(ledger)
        let directions = DirectionBuilder(catalog: catalog, view: view, options: options, ledger: ledger)
        let (byWorkload, unplaced) = Self.placed(held, drafts)
        let policies = drafts.workloads.parallelMap { draft in
            policy(draft, byWorkload[draft.id] ?? [], directions)
        }.compactMap { $0 }
        let refused = Set(ledger.reasons.indices.filter { ledger.reasons[$0] == .unselectable }.flatMap(ends))
            .filter { catalog.selector(of: $0) == nil }.sorted().map(catalog.refusal)
        return LearnedNetwork(
            policies: policies, learned: LearnedConnections(ledger.learned, of: table), unplaced: unplaced.sorted(),
            heldBack: Set(held.items.map(\.connection)).sorted(),
            observedLabels: observedLabels.mapValues { sets in
                sets.sorted { $0.sorted(by: <).description < $1.sorted(by: <).description }
            }, refused: refused,
            notes: directions.infrastructure.notes + directions.declared.notes + unseenJobs(drafts, held)
                + refused.map { "\($0.workload): \($0.advice)" })
    }

    /// At most so many jobs are named.
    private static let shownJobs = 5

    /// CronJobs that were never seen to run: what they will connect to stands in no policy yet.
    private func unseenJobs(_ drafts: DraftTable, _ held: HeldConnections) -> [String] {
        let seen = Set(drafts.workloads.map(\.id)).union(
            held.items.flatMap { [$0.source, $0.destination] }.compactMap { $0 })
        let waiting = view.index.inventory.workloads.filter {
            $0.schedule != nil && !$0.isSuspended && !seen.contains($0.id)
        }.sorted { $0.id < $1.id }
        guard !waiting.isEmpty else { return [] }
        let names = waiting.prefix(Self.shownJobs).map { "\($0.id) (\($0.schedule ?? ""))" }.joined(separator: ", ")
        let more = waiting.count > Self.shownJobs ? " and \(waiting.count - Self.shownJobs) more" : ""
        return ["not seen to run yet, so that nothing that they need is in any policy: \(names)\(more)"]
    }

    private func ends(_ number: Int) -> [WorkloadID] {
        let connection = table.connection(Int32(number))
        return [connection.source.workload, connection.destination.workload].compactMap { $0 }
    }

    /// What was held back by the workload with a policy that it concerns, and what concerns none.
    private static func placed(
        _ held: HeldConnections, _ drafts: DraftTable
    ) -> (byWorkload: [WorkloadID: [HeldConnections.Item]], unplaced: [HeldBackConnection]) {
        let known = Set(drafts.workloads.map(\.id))
        var byWorkload: [WorkloadID: [HeldConnections.Item]] = [:]
        var unplaced: [HeldBackConnection] = []
        for item in held.items {
            let ends = Set([item.source, item.destination].compactMap { $0 }).intersection(known)
            if ends.isEmpty { unplaced.append(item.connection) }
            for id in ends { byWorkload[id, default: []].append(item) }
        }
        return (byWorkload, unplaced)
    }

    private func policy(
        _ draft: DraftTable.Draft, _ held: [HeldConnections.Item], _ directions: DirectionBuilder
    ) -> WorkloadPolicy? {
        guard let selector = catalog.selector(of: draft.id) else { return nil }
        let incoming = RuleGroups(directions.cells(of: draft.id, draft.ingress, isIngress: true))
        let outgoing = RuleGroups(directions.cells(of: draft.id, draft.egress, isIngress: false))
        let ingress =
            WorkloadPolicy.DirectionRules(
                incoming.rules(directions.shape(of: draft.id, isIngress: true), evidence: table))
            ?? (directions.infrastructure.isResolver(draft.id) ? nil : closed(draft, held))
        let egress = WorkloadPolicy.DirectionRules(
            outgoing.rules(directions.shape(of: draft.id, isIngress: false), evidence: table))
        // What is new is a peer or port that was never seen before, not one more address of a peer that is anyone.
        let behaviours = incoming.behaviours(of: table) + outgoing.behaviours(of: table)
        return WorkloadPolicy(
            dialect: options.dialect, workload: draft.id, selector: selector, ingress: ingress, egress: egress,
            standing: standing(draft, behaviours, held), heldBack: held.map(\.connection).sorted())
    }

    private func standing(
        _ draft: DraftTable.Draft, _ behaviours: [RuleGroups.Behaviour], _ held: [HeldConnections.Item]
    ) -> WorkloadStanding {
        let seen = draft.seen(table)
        let sampled = source.sampled(seen.days)
        let coverage = SampleCoverage(
            daysOfBehaviours: behaviours.map { source.sampledCount($0.days) }, sampledDays: sampled.count,
            recordedShare: source.recordedShare(on: sampled))
        let novelty = behaviours.map(\.first).max() ?? newest
        var judgement = options.maturity.judge(
            MaturityEvidence(
                days: sampled, hours: seen.hours, lastNovelty: novelty, newest: newest,
                silentDays: source.silentDays(after: novelty, through: newest), coverage: coverage,
                schedule: .init(view.index.workload(draft.id))))
        let open = held.filter(\.connection.reason.needsAttention)
        if let first = open.map(\.connection).min() {
            let rest = open.count > 1 ? ", and \(open.count - 1) more" : ""
            judgement = judgement.heldBack(for: "held back until a person looks: \(first.what)\(rest)")
        }
        let unresolved = held.count { [.unresolved, .ambiguous].contains($0.connection.reason) }
        return WorkloadStanding(
            observed: draft.ingress.count + draft.egress.count, held: held.count, unresolved: unresolved,
            days: seen.days, hours: seen.hours, judgement: judgement)
    }

    /// Whether incoming traffic is closed although no rule was learned: where it was watched, and only probes or refused
    /// attempts came, or where nothing can come. A workload that was merely not seen to be called stays open.
    private func closed(_ draft: DraftTable.Draft, _ held: [HeldConnections.Item]) -> WorkloadPolicy.DirectionRules? {
        let reasons = Set(held.filter { $0.destination == draft.id }.map(\.connection.reason))
        guard !reasons.contains(where: \.needsAttention) else { return nil }
        if reasons.contains(.ownNode) { return .closed(.ownNodeOnly) }
        if !reasons.isDisjoint(with: [.burst, .refused, .neverAnswered]) { return .closed(.refusedOnly) }
        guard let workload = view.index.workload(draft.id), ["CronJob", "Job"].contains(draft.id.kind),
            workload.ports.isEmpty, !view.isServed(draft.id)
        else { return nil }
        return .closed(.noListener)
    }
}

/// The learnable edges of each workload, by direction.
struct DraftTable {
    /// What one workload's policy is built from: edges by their numbers, ascending.
    struct Draft {
        let id: WorkloadID
        var ingress: [Int32] = []
        var egress: [Int32] = []

        /// The days and hours in which anything of it was seen.
        func seen(_ table: EdgeTable) -> (days: DaySet, hours: HourSet) {
            (ingress + egress).reduce(into: (DaySet(), HourSet())) { seen, number in
                seen.0.formUnion(table.facts[Int(number)].days)
                seen.1.formUnion(table.facts[Int(number)].hours)
            }
        }
    }

    /// Sorted by workload.
    let workloads: [Draft]

    init(_ ledger: EdgeLedger) {
        let table = ledger.edges
        var drafts = table.parties.map { party in party.workload.map { Draft(id: $0) } }
        for number in ledger.learned {
            let edge = table.edges[Int(number)]
            drafts[Int(edge.source)]?.egress.append(number)
            drafts[Int(edge.destination)]?.ingress.append(number)
        }
        // Parties are sorted, and workloads first among them.
        workloads = drafts.compactMap { $0 }.filter { !$0.ingress.isEmpty || !$0.egress.isEmpty }
    }
}
