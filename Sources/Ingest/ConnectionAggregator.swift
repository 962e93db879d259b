import Decoders
import Domain

/// Folds decoded connections into edges, one row for each edge and period of 64 days.
struct ConnectionAggregator {
    private var indices: [Key: Int] = [:]
    private var states: [State] = []

    /// The edge by numbers, and the period.
    private struct Key: Hashable {
        let source: UInt64
        let destination: UInt64
        /// Period, port, protocol and direction.
        let rest: UInt64

        init(_ connection: Connection, period: Int32) {
            source = Self.packed(connection.source)
            destination = Self.packed(connection.destination)
            rest =
                UInt64(UInt32(bitPattern: period)) << 32 | UInt64(connection.port.rawValue) << 16
                | UInt64(connection.protocol.rawValue) << 8 | UInt64(connection.direction.rawValue)
        }

        private static func packed(_ reference: PeerReference) -> UInt64 {
            UInt64(UInt32(bitPattern: reference.peer)) << 32 | UInt64(UInt32(bitPattern: reference.address))
        }
    }

    private struct State {
        let source: PeerReference
        let destination: PeerReference
        let period: Int32
        let port: Port
        let `protocol`: NetworkProtocol
        let direction: ConnectionEdge.Direction
        var opened: Int64 = 0
        var attempted: Int64 = 0
        var answered: Int64 = 0
        var refused: Int64 = 0
        var span: Span

        init(_ connection: Connection, period: Int32) {
            source = connection.source
            destination = connection.destination
            self.period = period
            port = connection.port
            `protocol` = connection.protocol
            direction = connection.direction
            span = Span(connection.time, connection.sample)
        }
    }

    var count: Int { states.count }

    mutating func add(_ connection: Connection, sample: (SampleReference) -> String) {
        let day = connection.time.day
        let key = Key(connection, period: DaySet.period(of: day))
        let index = index(of: key, for: connection, period: DaySet.period(of: day))
        switch connection.outcome {
        case .opened: states[index].opened += 1
        case .attempted: states[index].attempted += 1
        case .answered: states[index].answered += 1
        case .refused: states[index].refused += 1
        }
        states[index].span.add(connection.time, day: day, connection.sample, text: sample)
    }

    private mutating func index(of key: Key, for connection: Connection, period: Int32) -> Int {
        if let known = indices[key] { return known }
        let index = states.count
        indices[key] = index
        states.append(State(connection, period: period))
        return index
    }

    /// Calls the body with each row, in the order of first sight, and starts anew.
    mutating func drain(
        cluster: ClusterName, decoder: any RecordDecoder, _ body: (ConnectionEdge, ConnectionFact) throws -> Void
    ) rethrows {
        let rows = states
        self = ConnectionAggregator()
        let tables = decoder.tables
        let sources = type(of: decoder).source
        for row in rows {
            let edge = ConnectionEdge(
                cluster: cluster, source: tables.peer(row.source), destination: tables.peer(row.destination),
                protocol: row.protocol, port: row.port, direction: row.direction)
            let fact = ConnectionFact(
                count: row.opened + row.attempted, attempts: row.attempted,
                answers: row.answered, refusals: row.refused, first: row.span.first, last: row.span.last,
                days: row.span.days(period: row.period), hours: row.span.hours, sources: sources,
                sample: decoder.sample(row.span.sample))
            try body(edge, fact)
        }
    }
}
