import Domain

/// Which edges may become rules, and which are held back with the reason.
struct EdgeLedger {
    let edges: EdgeTable
    let rows: [Resolution.HeldRow]
    let view: ClusterView
    let options: NetworkLearningOptions
    /// One for each edge; nil where it may become a rule.
    private(set) var reasons: [HoldReason?]
    /// The edges that may become rules, ascending; set once all others are held.
    private(set) var learned: [Int32] = []

    init(edges: EdgeTable, rows: [Resolution.HeldRow], view: ClusterView, options: NetworkLearningOptions) {
        self.edges = edges
        self.rows = rows
        self.view = view
        self.options = options
        reasons = Array(repeating: nil, count: edges.edges.count)
    }

    /// Holds an edge back; the first reason stays.
    mutating func hold(_ number: Int, _ reason: HoldReason) {
        if reasons[number] == nil { reasons[number] = reason }
    }

    /// Applies every rule by which an edge is held back, in their order of precedence.
    mutating func holdAll(_ catalog: WorkloadCatalog) {
        holdBursts(options.burst)
        holdUnanswered(options.unanswered)
        holdSwappedReplies()
        holdUndeclaredDirections()
        holdDynamicPorts()
        holdUnselectable(catalog)
        learned = reasons.indices.filter { reasons[$0] == nil }.map { Int32($0) }
    }
}

// MARK: - Refused and unanswered

extension EdgeLedger {
    /// Holds back what was only ever refused, and what was tried often without any answer in a store that shows answers.
    mutating func holdUnanswered(_ options: UnansweredOptions) {
        let facts = edges.facts
        let showsAnswers = facts.indices.contains { reasons[$0] == nil && facts[$0].answers > 0 }
        for number in facts.indices where reasons[number] == nil && !facts[number].isAccepted {
            if facts[number].refusals > 0 {
                hold(number, .refused)
            } else if showsAnswers, facts[number].days.count >= options.minimumDays {
                hold(number, .neverAnswered)
            }
        }
    }

    /// Holds back edges of unknown direction whose destination nobody is known to listen on.
    ///
    /// An outside address is known to listen if the same source was seen, in a known direction, at the same port of one of
    /// its neighbours: services outside have several addresses, and few records of each.
    mutating func holdUndeclaredDirections() {
        let all = edges.edges
        let unknown = all.indices.filter { reasons[$0] == nil && !all[$0].hasKnownDirection }
        guard !unknown.isEmpty else { return }
        var listeners: Set<Listener> = []
        for (number, edge) in all.enumerated() where reasons[number] == nil && edge.hasKnownDirection {
            listeners.insert(Listener(edge, .party(edge.destination)))
            if let near = neighbourhood(of: edge) { listeners.insert(Listener(edge, near)) }
        }
        for number in unknown {
            let edge = all[number]
            let isKnown =
                listeners.contains(Listener(edge, .party(edge.destination)))
                || neighbourhood(of: edge).map { listeners.contains(Listener(edge, $0)) } == true
            if !isKnown, !isDeclared(edge) { hold(number, .unknownDirection) }
        }
    }

    /// Somebody at whose port connections arrive.
    private struct Listener: Hashable {
        enum Place: Hashable {
            case party(Int32)
            /// Outside addresses near each other, as one source sees them.
            case near(CIDR, source: Int32)
        }

        let place: Place
        let `protocol`: NetworkProtocol
        let port: Port

        init(_ edge: ResolvedEdge, _ place: Place) {
            self.place = place
            `protocol` = edge.protocol
            port = edge.port
        }
    }

    /// Neighbours are the sixteen addresses of one range: as much as a partner's network commonly has, and no provider's.
    private func neighbourhood(of edge: ResolvedEdge) -> Listener.Place? {
        guard case .outside(let address) = edges.destination(of: edge) else { return nil }
        return CIDR(address, length: address.width - 4).map { .near($0, source: edge.source) }
    }

    /// Holds back what looks like the other way of a connection that was seen: records of its later packets, to a port of the
    /// client's that nothing declares. A connection of its own would have shown its first packet.
    mutating func holdSwappedReplies() {
        struct Way: Hashable {
            let from: Int32
            let to: Int32
            let `protocol`: NetworkProtocol
        }
        let all = edges.edges
        let candidates = all.indices.filter { number in
            let edge = all[number]
            return reasons[number] == nil && edge.protocol.hasPorts && edges.facts[number].attempts == 0
                && (edge.port.isEphemeral || !edge.hasKnownDirection && edge.port.rawValue >= 1024)
                && !isDeclared(edge)
        }
        guard !candidates.isEmpty else { return }
        let suspects = Set(candidates)
        var ways: Set<Way> = []
        for (number, edge) in all.enumerated()
        where reasons[number] == nil && edge.hasKnownDirection && !suspects.contains(number) {
            ways.insert(Way(from: edge.source, to: edge.destination, protocol: edge.protocol))
        }
        for number in candidates {
            let edge = all[number]
            if ways.contains(Way(from: edge.destination, to: edge.source, protocol: edge.protocol)) {
                hold(number, .swappedReply)
            }
        }
    }

    func isDeclared(_ edge: ResolvedEdge) -> Bool {
        view.declares(edges.destination(of: edge), protocol: edge.protocol, port: edge.port)
    }

    /// Holds back edges with a workload that no selector can tell from others.
    mutating func holdUnselectable(_ catalog: WorkloadCatalog) {
        let isUnselectable = edges.parties.map { party in
            party.workload.map { catalog.selector(of: $0) == nil } ?? false
        }
        guard isUnselectable.contains(true) else { return }
        for (number, edge) in edges.edges.enumerated()
        where isUnselectable[Int(edge.source)] || isUnselectable[Int(edge.destination)] {
            hold(number, .unselectable)
        }
    }
}
