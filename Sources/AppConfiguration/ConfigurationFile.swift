import Yams

/// The values of a configuration file by key path. Strict: an unknown key is an error that names the nearest one.
package struct ConfigurationFile: Sendable {
    /// Key path to value; a list's items are kept apart.
    package let values: [String: [String]]

    /// A file without any key.
    package static let empty = ConfigurationFile(values: [:])

    private init(values: [String: [String]]) {
        self.values = values
    }

    /// Parses YAML. `name` is the file's name for messages.
    package init(parsing text: String, name: String) throws {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(
                code: .notYAML, message: "\(name) is not YAML: \(error)", hint: "check the indentation and the quotes")
        }
        var values: [String: [String]] = [:]
        if let root, root.null == nil || root.mapping != nil {
            try Self.collect(root, path: "", name: name, into: &values)
        }
        self.values = values
    }

    private static func collect(_ node: Node, path: String, name: String, into values: inout [String: [String]]) throws
    {
        guard let mapping = node.mapping else {
            throw ConfigurationError(
                code: .wrongType, message: "\(name): \(path.isEmpty ? "the file" : path) has to be a map of keys",
                hint: "write one key a line, as in docs/CONFIGURATION.md")
        }
        for (keyNode, value) in mapping {
            let word = keyNode.string ?? ""
            let keyPath = path.isEmpty ? word : "\(path).\(word)"
            let line = keyNode.mark.map { ":\($0.line)" } ?? ""
            if let key = ConfigurationKey.all.first(where: { $0.path == keyPath }) {
                // A key without a value is one that is not set, not the word `null`.
                if value.null == nil { values[keyPath] = try read(value, key, at: name + line) }
            } else if ConfigurationKey.all.contains(where: { $0.path.hasPrefix(keyPath + ".") }) {
                if value.null == nil { try collect(value, path: keyPath, name: name, into: &values) }
            } else {
                throw unknown(keyPath, at: name + line)
            }
        }
    }

    private static func read(_ node: Node, _ key: ConfigurationKey, at place: String) throws -> [String] {
        if key.kind == .list {
            if node.sequence == nil, let one = node.string { return [one] }
            let items = node.sequence?.map(\.string) ?? []
            if node.sequence != nil, !items.contains(nil) { return items.compactMap { $0 } }
            throw ConfigurationError(
                code: .wrongType, message: "\(place): \(key.path) has to be a list",
                hint: "one item a line, after a dash")
        }
        guard let scalar = node.scalar?.string else {
            throw ConfigurationError(
                code: .wrongType, message: "\(place): \(key.path) has to be one value", hint: key.summary)
        }
        return [scalar]
    }

    private static func unknown(_ path: String, at place: String) -> ConfigurationError {
        let nearest = ConfigurationKey.nearest(to: path)?.path ?? ""
        return ConfigurationError(
            code: .unknownKey, message: "\(place): there is no key '\(path)'",
            hint: "did you mean '\(nearest)'? docs/CONFIGURATION.md lists all keys")
    }
}
