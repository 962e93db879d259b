import Domain

extension EdgeLedger {
    /// The edges in the order of their keys.
    ///
    /// Keys are compared by the ranks of their parties: there are far fewer parties than edges, and numbers compare faster
    /// than names.
    func sortedEdges() -> [ResolvedEdge] {
        let edges = entries.map { ResolvedEdge(key: $0.key, entry: $0.value) }
        let parties = Set(edges.flatMap { [$0.key.source, $0.key.destination] }).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: parties.enumerated().map { ($1, UInt64($0)) })
        let protocols = Dictionary(
            uniqueKeysWithValues: NetworkProtocol.allCases.sorted().enumerated().map { ($1, $0) })
        let places = edges.enumerated().map { place, edge in
            let key = edge.key
            let port = UInt32(protocols[key.protocol] ?? 0) << 16 | UInt32(key.port.rawValue)
            return (ranks[key.source, default: 0] << 32 | ranks[key.destination, default: 0], port, place)
        }
        return places.sorted { $0 < $1 }.map { edges[$0.2] }
    }
}
