package import Domain
import GRDB

extension Store {
    /// The clusters that the store knows, by name.
    package func clusters() throws -> [ClusterName] {
        try read { db in
            var names: [ClusterName] = []
            try SQLStatement(db, "SELECT name FROM cluster ORDER BY name").forEachRow {
                names.append(ClusterName($0.text(at: 0)))
            }
            return names
        }
    }

    /// All connections of a cluster with the facts of all periods merged; none for an unknown cluster.
    ///
    /// Ordered by source, destination, protocol number, port and direction, whatever the order of arrival. Equal
    /// peers share their storage.
    package func connections(cluster: ClusterName) throws -> [(edge: ConnectionEdge, fact: ConnectionFact)] {
        let table = try connectionTable(cluster: cluster)
        func key(_ number: Int) -> (Int32, Int32, UInt8, UInt16, UInt8) {
            let row = table.rows[number]
            return (row.source, row.destination, row.protocol.rawValue, row.port.rawValue, row.direction.rawValue)
        }
        return table.rows.indices.sorted { key($0) < key($1) }.map { (table.edge(table.rows[$0]), table.facts[$0]) }
    }

    /// The same in few bytes, for whoever sorts it anyway: a table that holds each peer once, its rows in any order.
    package func connectionTable(cluster: ClusterName) throws -> ConnectionTable {
        try read(of: cluster, none: ConnectionTable(cluster: cluster, peers: [], rows: [], facts: [])) { db, id in
            try ConnectionReader(db, cluster: id).table(cluster: cluster)
        }
    }

    /// All requests of a cluster with the facts of all periods merged, ordered by subject and action.
    package func accesses(cluster: ClusterName) throws -> [(edge: AccessEdge, fact: AccessFact)] {
        try read(of: cluster, none: []) { db, id in
            try AccessReader(db, cluster: cluster, id: id).accesses
        }
    }

    /// Which groups each subject was seen with.
    package func memberships(cluster: ClusterName) throws -> [Subject: Set<ExactText>] {
        try read(of: cluster, none: [:]) { db, id in
            var groups: [Subject: Set<ExactText>] = [:]
            let select = try SQLStatement(
                db,
                """
                SELECT s.kind, s.namespace, s.name, m.group_name
                FROM group_membership m JOIN subject s ON s.id = m.subject WHERE m.cluster = ?
                """)
            try select.forEachRow(id) { row in
                groups[try AccessReader.subject(row, firstColumn: 0), default: []].insert(
                    ExactText(row.text(at: 3)))
            }
            return groups
        }
    }

    /// The newest moment that any connection or request of the cluster carries; nil where there is none.
    ///
    /// This is the clock of learning. It never goes back.
    package func newestObservation(cluster: ClusterName) throws -> Timestamp? {
        try read(of: cluster, none: nil) { db, id in
            try SQLStatement(db, "SELECT newest FROM cluster_clock WHERE cluster = ?").integer(id)
                .map(Timestamp.init(rawValue:))
        }
    }

    /// A consistent view of one cluster by its id, or a value for a cluster that is not known.
    func read<Result>(
        of cluster: ClusterName, none: Result, _ body: (Database, Int64) throws -> Result
    ) throws -> Result {
        try read { db in
            guard let id = try SQLStatement(db, "SELECT id FROM cluster WHERE name = ?").integer(cluster.rawValue)
            else { return none }
            return try body(db, id)
        }
    }
}
