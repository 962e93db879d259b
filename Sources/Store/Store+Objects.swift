package import Domain
import GRDB

/// What one listing of a cluster's objects changed.
package struct ObjectChanges: Hashable, Sendable {
    package var added = 0
    package var changed = 0
    package var removed = 0

    package init(added: Int = 0, changed: Int = 0, removed: Int = 0) {
        self.added = added
        self.changed = changed
        self.removed = removed
    }
}

extension Store {
    /// Stores objects of one cluster, in one transaction, and reports what that changed.
    ///
    /// - Parameter kinds: the kinds of which `objects` is the whole truth: others of these kinds are removed. Nil for
    ///   a partial list, which removes nothing.
    ///
    /// Of two objects with the same identity the later one counts. Throws `invalidObservation` for an object of
    /// another cluster.
    @discardableResult
    package func replaceObjects(
        _ objects: [ClusterObject], cluster: ClusterName, kinds: Set<String>?
    ) throws -> ObjectChanges {
        guard objects.allSatisfy({ $0.cluster == cluster }) else {
            throw StoreError.strangeObject(cluster)
        }
        return try write { db in
            var cache = IdentityCache()
            let id = try IdentityTables(db).id(of: cluster, &cache)
            var writer = try ObjectWriter(db, cluster: id)
            var kept: [String: Set<ObjectWriter.Name>] = [:]
            for object in objects {
                try writer.write(object)
                kept[object.kind, default: []].insert(.init(namespace: object.namespace, name: object.name))
            }
            for kind in (kinds ?? []).sorted() { try writer.remove(kind: kind, but: kept[kind] ?? []) }
            return writer.changes
        }
    }

    /// All objects of a cluster, ordered by kind, namespace and name.
    package func objects(cluster: ClusterName) throws -> [ClusterObject] {
        try read(of: cluster, none: []) { db, id in
            var found: [ClusterObject] = []
            let select = try SQLStatement(
                db,
                "SELECT kind, namespace, name, body FROM cluster_object WHERE cluster = ? ORDER BY kind, namespace, name"
            )
            try select.forEachRow(id) { row in
                found.append(
                    ClusterObject(
                        cluster: cluster, kind: row.text(at: 0), namespace: Namespace(row.text(at: 1)),
                        name: row.text(at: 2), body: Array(row.bytes(at: 3))))
            }
            return found
        }
    }
}

/// Writes the objects of one cluster inside a transaction.
struct ObjectWriter {
    private(set) var changes = ObjectChanges()
    private let cluster: Int64
    private let select: SQLStatement
    private let insert: SQLStatement
    private let update: SQLStatement
    private let list: SQLStatement
    private let delete: SQLStatement

    struct Name: Hashable {
        let namespace: Namespace
        let name: String
    }

    init(_ db: Database, cluster: Int64) throws {
        self.cluster = cluster
        let key = "cluster = ? AND kind = ? AND namespace = ? AND name = ?"
        select = try SQLStatement(db, "SELECT body = ? FROM cluster_object WHERE \(key)")
        insert = try SQLStatement(
            db, "INSERT INTO cluster_object (cluster, kind, namespace, name, body) VALUES (?, ?, ?, ?, ?)")
        update = try SQLStatement(db, "UPDATE cluster_object SET body = ? WHERE \(key)")
        list = try SQLStatement(db, "SELECT id, namespace, name FROM cluster_object WHERE cluster = ? AND kind = ?")
        delete = try SQLStatement(db, "DELETE FROM cluster_object WHERE id = ?")
    }

    mutating func write(_ object: ClusterObject) throws {
        let (kind, namespace, name) = (object.kind, object.namespace.rawValue, object.name)
        switch try select.integer(object.body, cluster, kind, namespace, name) {
        case nil:
            try insert.run(cluster, kind, namespace, name, object.body)
            changes.added += 1
        case 0:
            try update.run(object.body, cluster, kind, namespace, name)
            changes.changed += 1
        default: break
        }
    }

    mutating func remove(kind: String, but kept: Set<Name>) throws {
        var gone: [Int64] = []
        try list.forEachRow(cluster, kind) { row in
            let name = Name(namespace: Namespace(row.text(at: 1)), name: row.text(at: 2))
            if !kept.contains(name) { gone.append(row.integer(at: 0)) }
        }
        for id in gone { try delete.run(id) }
        changes.removed += gone.count
    }
}
