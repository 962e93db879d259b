import Yams

/// What a file's documents say, apart from how: for comparing it before and after an edit.
struct ManifestForm {
    indirect enum Value: Hashable {
        case scalar(String, tag: String)
        case list([Value])
        /// By key; YAML gives the order of keys no meaning.
        case map([Value: Value])
    }

    /// An edit of a value.
    enum Change {
        /// A list's new items: those before it by position, or new maps of string lists.
        case list([Item])
        case removal

        enum Item {
            case kept(Int)
            case new([String: [String]])
        }
    }

    private var left = JSONForm.mostValues
    /// What words without quotes are. Yams tries a regular expression after another, and manifests repeat themselves.
    private var tags: [String: String] = [:]

    /// The documents' values; nil if they are too many.
    mutating func documents(_ nodes: [Node]) -> [Value]? {
        var values: [Value] = []
        for node in nodes {
            guard let value = value(node) else { return nil }
            values.append(value)
        }
        return values
    }

    private mutating func value(_ node: Node) -> Value? {
        left -= 1
        guard left > 0 else { return nil }
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string, tag: tag(of: scalar, node))
        case .sequence(let sequence):
            var items: [Value] = []
            for item in sequence {
                guard let item = value(item) else { return nil }
                items.append(item)
            }
            return .list(items)
        case .mapping(let mapping):
            var fields: [Value: Value] = [:]
            for (key, item) in mapping {
                guard let key = value(key), let item = value(item) else { return nil }
                fields[key] = item
            }
            return .map(fields)
        case .alias: return nil
        }
    }

    private mutating func tag(of scalar: Node.Scalar, _ node: Node) -> String {
        guard scalar.tag == .implicit else { return node.tag.rawValue }
        if let known = tags[scalar.string] { return known }
        let tag = node.tag.rawValue
        tags[scalar.string] = tag
        return tag
    }
}

extension ManifestForm {
    /// The documents with the changes at their places; nil if there is no such place.
    static func applying(_ changes: [(RBACManifest, Change)], to documents: [Value]) -> [Value]? {
        var documents: [Value?] = documents
        for (place, change) in changes {
            guard documents.indices.contains(place.document), let document = documents[place.document] else {
                return nil
            }
            guard case .list(let items) = change else {
                documents[place.document] = .none
                continue
            }
            let changing = { (object: Value) in object.changing(place.kind.listKey) { $0.choosing(items) } }
            let inList = place.item.map { item in document.changing("items") { $0.changing(item, changing) } }
            guard let changed = inList ?? changing(document) else { return nil }
            documents[place.document] = changed
        }
        return documents.compactMap { $0 }
    }
}

extension ManifestForm.Value {
    static func text(_ text: String) -> Self { .scalar(text, tag: Tag.Name.str.rawValue) }

    fileprivate func changing(_ key: String, _ change: (Self) -> Self?) -> Self? {
        guard case .map(var fields) = self, let old = fields[.text(key)], let new = change(old) else { return nil }
        fields[.text(key)] = new
        return .map(fields)
    }

    fileprivate func changing(_ index: Int, _ change: (Self) -> Self?) -> Self? {
        guard case .list(var items) = self, items.indices.contains(index), let new = change(items[index]) else {
            return nil
        }
        items[index] = new
        return .list(items)
    }

    fileprivate func choosing(_ wanted: [ManifestForm.Change.Item]) -> Self? {
        guard case .list(let items) = self else { return nil }
        return .list(
            wanted.map { item in
                switch item {
                case .kept(let index): items[index]
                case .new(let fields):
                    .map(
                        Dictionary(
                            uniqueKeysWithValues: fields.map { (.text($0), .list($1.map { .text($0) })) }))
                }
            })
    }
}
