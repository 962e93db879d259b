package import Domain
import GRDB

extension Store {
    /// Applies changes of one cluster's objects in their order, in one transaction, and reports what that changed.
    ///
    /// - Parameter sightings: what has to be kept of an object's state before it is overwritten or removed; it is merged in
    ///   the same transaction. It is asked for each such object, and sees the state of that moment.
    ///
    /// Throws `invalidObservation` for an object of another cluster, `diskFull` and `locked` among others; then nothing is
    /// stored, and the same changes may be applied again.
    @discardableResult
    package func applyObjectChanges(
        _ changes: [ObjectChange], cluster: ClusterName,
        keeping sightings: (ObjectTransition, StoredObjects) throws -> [AddressSighting] = { _, _ in [] }
    ) throws -> ObjectChanges {
        guard !changes.isEmpty else { return ObjectChanges() }
        return try write { db in
            // Of its own: the shared one must not see what a rollback takes away, and these rows are few.
            var cache = IdentityCache()
            let identities = try IdentityTables(db)
            let id = try identities.id(of: cluster, &cache)
            var writer = try ObjectChanger(db, cluster: cluster, id: id)
            for change in changes {
                try writer.apply(change) { transition in
                    var kept = ObservationBatch()
                    kept.addresses = try sightings(transition, StoredObjects(db, cluster: cluster, id: id))
                    if !kept.isEmpty { try SightingWriter(db, identities).write(kept, &cache) }
                }
            }
            return writer.changes
        }
    }
}

/// Applies single changes inside a transaction, and tells what they overwrite.
private struct ObjectChanger {
    private(set) var changes = ObjectChanges()
    private let cluster: ClusterName
    private let id: Int64
    private let objects: StoredObjects
    private let put: SQLStatement
    private let delete: SQLStatement
    private let list: SQLStatement

    init(_ db: Database, cluster: ClusterName, id: Int64) throws {
        self.cluster = cluster
        self.id = id
        objects = StoredObjects(db, cluster: cluster, id: id)
        put = try SQLStatement(
            db,
            """
            INSERT INTO cluster_object (cluster, kind, namespace, name, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (cluster, kind, namespace, name) DO UPDATE SET body = excluded.body
            """)
        delete = try SQLStatement(
            db, "DELETE FROM cluster_object WHERE cluster = ? AND kind = ? AND namespace = ? AND name = ?")
        list = try SQLStatement(db, "SELECT namespace, name FROM cluster_object WHERE cluster = ? AND kind = ?")
    }

    mutating func apply(_ change: ObjectChange, _ overwriting: (ObjectTransition) throws -> Void) throws {
        switch change.action {
        case .upsert(let object): try upsert(object, change.knownUntil, overwriting)
        case .remove(let key): try remove(key, change.knownUntil, overwriting)
        case .removeOthers(let kind, let kept):
            var gone: [ClusterObject.Key] = []
            try list.forEachRow(id, kind) { row in
                let key = ClusterObject.Key(kind: kind, namespace: Namespace(row.text(at: 0)), name: row.text(at: 1))
                if !kept.contains(key) { gone.append(key) }
            }
            for key in gone { try remove(key, change.knownUntil, overwriting) }
        }
    }

    private mutating func upsert(
        _ object: ClusterObject, _ known: Timestamp?, _ overwriting: (ObjectTransition) throws -> Void
    ) throws {
        guard object.cluster == cluster else { throw StoreError.strangeObject(cluster) }
        if let old = try objects.object(object.key) {
            guard old.body != object.body else { return }
            try overwriting(ObjectTransition(old: old, new: object, knownUntil: known))
            changes.changed += 1
        } else {
            changes.added += 1
        }
        try put.run(id, object.kind, object.namespace.rawValue, object.name, object.body)
    }

    private mutating func remove(
        _ key: ClusterObject.Key, _ known: Timestamp?, _ overwriting: (ObjectTransition) throws -> Void
    ) throws {
        guard let old = try objects.object(key) else { return }
        try overwriting(ObjectTransition(old: old, new: nil, knownUntil: known))
        try delete.run(id, key.kind, key.namespace.rawValue, key.name)
        changes.removed += 1
    }
}

/// A cluster's objects in the middle of a transaction; valid only inside the call that hands it out.
package struct StoredObjects {
    private let db: Database
    private let cluster: ClusterName
    private let id: Int64

    init(_ db: Database, cluster: ClusterName, id: Int64) {
        self.db = db
        self.cluster = cluster
        self.id = id
    }

    /// One object; nil where there is none.
    package func object(_ key: ClusterObject.Key) throws -> ClusterObject? {
        let select = try SQLStatement(
            db, "SELECT body FROM cluster_object WHERE cluster = ? AND kind = ? AND namespace = ? AND name = ?")
        var found: ClusterObject?
        try select.forEachRow(id, key.kind, key.namespace.rawValue, key.name) { row in
            found = ClusterObject(
                cluster: cluster, kind: key.kind, namespace: key.namespace, name: key.name,
                body: Array(row.bytes(at: 0)))
        }
        return found
    }

    /// The objects of a kind in one namespace whose bodies hold a text, by name.
    package func objects(kind: String, in namespace: Namespace, holding text: String) throws -> [ClusterObject] {
        let select = try SQLStatement(
            db,
            """
            SELECT name, body FROM cluster_object
            WHERE cluster = ? AND kind = ? AND namespace = ? AND instr(body, ?) > 0 ORDER BY name
            """)
        var found: [ClusterObject] = []
        try select.forEachRow(id, kind, namespace.rawValue, Array(text.utf8)) { row in
            found.append(
                ClusterObject(
                    cluster: cluster, kind: kind, namespace: namespace, name: row.text(at: 0),
                    body: Array(row.bytes(at: 1))))
        }
        return found
    }

    /// Sightings of a pod's name at an address that name an owner and nothing else; no records' own ones.
    package func sightings(of podName: String, at address: IPAddress) throws -> [AddressSighting] {
        let select = try SQLStatement(
            db,
            """
            SELECT p.namespace, p.workload_kind, p.workload_name, s.first_seen, s.last_seen
            FROM address_sighting s JOIN peer p ON p.id = s.peer
            WHERE s.cluster = ? AND s.address = ? AND s.pod_name = ? AND p.kind = ? AND p.remote_cluster = ''
            AND p.labels = ? AND p.pod_name = '' AND p.workload_name <> ''
            """)
        var found: [AddressSighting] = []
        let pod = Int64(ObservedPeer.Kind.pod.rawValue)
        try select.forEachRow(id, address.description, podName, pod, LabelText.encode([:])) { row in
            let peer = ObservedPeer(
                pod: "", namespace: Namespace(row.text(at: 0)), workloadKind: row.text(at: 1),
                workloadName: row.text(at: 2), labels: [:], remoteCluster: "")
            found.append(
                AddressSighting(
                    cluster: cluster, address: address, peer: peer, podName: podName,
                    first: Timestamp(rawValue: row.integer(at: 3)), last: Timestamp(rawValue: row.integer(at: 4))))
        }
        return found
    }
}

extension StoreError {
    /// An object that belongs to another cluster than the one whose objects are stored.
    static func strangeObject(_ cluster: ClusterName) -> StoreError {
        StoreError(
            code: .invalidObservation, message: "an object of another cluster than \(cluster)",
            hint: "This is a bug of the inventory; report it. Nothing was stored.")
    }
}
