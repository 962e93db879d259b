import Domain

extension EdgeLedger {
    /// Holds back ports that are assigned at run time: a rule that listed those of the past would not hold for the next.
    ///
    /// Such are ports of the ephemeral range that nothing declares, and, if one peer used very many undeclared ports of a
    /// destination, all of these.
    mutating func holdDynamicPorts() {
        let all = edges.edges
        for pair in edges.pairs {
            let undeclared = pair.filter { reasons[$0] == nil && isUndeclaredHigh(all[$0]) }
            let isCrowd = undeclared.count >= options.ports.dynamicThreshold
            for number in undeclared where isCrowd || all[number].port.isEphemeral { hold(number, .dynamicPort) }
        }
    }

    private func isUndeclaredHigh(_ edge: ResolvedEdge) -> Bool {
        edge.protocol.hasPorts && edge.port.rawValue >= 1024 && !RegisteredPort.isServer(edge.protocol, edge.port)
            && !isDeclared(edge)
    }

    /// What the ports are likely to be for, by the well-known port that the pair uses beside them (IANA Service Name and
    /// Transport Protocol Port Number Registry).
    func protocolBehind(_ number: Int) -> String? {
        let all = edges.edges
        var first = number
        while first > 0, all[first - 1].hasSamePair(as: all[number]) { first -= 1 }
        let ports = all[first...].prefix { $0.hasSamePair(as: all[number]) }.map(\.port.rawValue)
        return Self.negotiating.first { ports.contains($0.port) }?.name
    }

    private static let negotiating: [(port: UInt16, name: String)] = [
        (21, "passive FTP"), (4369, "Erlang distribution"), (111, "ONC RPC"), (135, "Microsoft RPC"),
        (554, "RTSP"), (5060, "SIP"), (1099, "Java RMI"),
    ]
}

extension ResolvedEdge {
    /// True for two edges from one party to another over one protocol.
    func hasSamePair(as other: ResolvedEdge) -> Bool {
        source == other.source && destination == other.destination && `protocol` == other.protocol
    }
}

extension EdgeTable {
    /// The edges from one party to another over one protocol, pair by pair, all of them.
    var pairs: some Sequence<Range<Int>> {
        sequence(state: 0) { [edges] (start: inout Int) -> Range<Int>? in
            guard start < edges.count else { return nil }
            let first = start
            start = edges[first...].firstIndex { !$0.hasSamePair(as: edges[first]) } ?? edges.count
            return first..<start
        }
    }
}
