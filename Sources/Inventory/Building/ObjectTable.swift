import Domain

/// A stored object with its body read.
struct ParsedObject {
    /// The group and the kind, as in `apps/Deployment`.
    let kind: String
    let namespace: Namespace
    let name: String
    let body: JSONValue

    var key: ObjectKey { ObjectKey(namespace, name) }

    /// The kind without its group.
    var kindName: String { String(kind.drop { $0 != "/" }.dropFirst()) }

    var created: Timestamp? {
        body["metadata"]?["creationTimestamp"]?.text.flatMap { Timestamp($0) }
    }

    var description: String { namespace == .clusterScope ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)" }
}

/// A namespace and a name, as a key.
struct ObjectKey: Hashable, Comparable {
    let namespace: Namespace
    let name: String

    init(_ namespace: Namespace, _ name: String) {
        self.namespace = namespace
        self.name = name
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// The objects of one cluster by kind, each once, sorted by namespace and name; collects notes on those left out.
struct ObjectTable {
    private var byKind: [String: [ParsedObject]] = [:]
    private(set) var notes: [InventoryNote] = []

    init(_ objects: consuming [ClusterObject], cluster: ClusterName) {
        // By body as well: of two versions the same one counts, whatever their order.
        let sorted = (consume objects).filter { $0.cluster == cluster }.sorted(by: Self.precedes)
        var previous: ClusterObject?
        for object in sorted {
            if let previous, Self.isSame(previous, object) {
                if previous.body != object.body {
                    note(Self.describe(object), "is there more than once with different contents; one was taken")
                }
                continue
            }
            previous = object
            parse(object)
        }
    }

    private mutating func parse(_ object: ClusterObject) {
        let shape = (ObjectKind.known[object.kind] ?? .customWorkload).shape
        var scanner = JSONScanner(object.body)
        guard let body = try? scanner.read(shape), case .object = body else {
            note(Self.describe(object), "its stored body cannot be read")
            return
        }
        byKind[object.kind, default: []].append(
            ParsedObject(kind: object.kind, namespace: object.namespace, name: object.name, body: body))
    }

    /// The objects of these kinds, kind by kind in the order given.
    func objects(_ kinds: String...) -> [ParsedObject] { kinds.flatMap { byKind[$0] ?? [] } }

    /// Kinds that are needed only as custom workloads, sorted.
    var customKinds: [String] { byKind.keys.filter { ObjectKind.known[$0] == nil }.sorted() }

    /// All namespaces in which there is an object.
    var namespaces: Set<Namespace> {
        Set(byKind.values.flatMap { $0.map(\.namespace) }).subtracting([.clusterScope])
    }

    /// What the reading makes of each object; an object that it refuses is left out with a note.
    mutating func read<Value>(
        _ objects: [ParsedObject], _ reading: (ParsedObject) throws(Malformed) -> Value
    ) -> [Value] {
        var values: [Value] = []
        for object in objects {
            do throws(Malformed) {
                values.append(try reading(object))
            } catch {
                note(object.description, error.problem)
            }
        }
        return values
    }

    mutating func note(_ object: String, _ problem: String) {
        notes.append(InventoryNote(object: object, problem: problem))
    }

    private static func describe(_ object: ClusterObject) -> String {
        "\(object.kind) \(object.namespace)/\(object.name)"
    }

    private static func isSame(_ left: ClusterObject, _ right: ClusterObject) -> Bool {
        (left.kind, left.namespace, left.name) == (right.kind, right.namespace, right.name)
    }

    private static func precedes(_ left: ClusterObject, _ right: ClusterObject) -> Bool {
        let (first, second) = ((left.kind, left.namespace, left.name), (right.kind, right.namespace, right.name))
        return first == second ? left.body.lexicographicallyPrecedes(right.body) : first < second
    }
}
