/// Configuration values with their precedence applied: flag, then environment, then file, then default.
package struct ResolvedConfiguration: Sendable {
    private let flags: [String: String]
    private let environment: [String: String]
    private let file: ConfigurationFile

    /// `flags` by key path; `environment` as the process has it.
    package init(flags: [String: String], environment: [String: String], file: ConfigurationFile) {
        self.flags = flags
        self.environment = environment
        self.file = file
    }

    private func raw(_ key: ConfigurationKey) -> [String]? {
        if let flag = flags[key.path] { return split(flag, key) }
        if let variable = environment[key.environmentName] { return split(variable, key) }
        if let value = file.values[key.path] { return value }
        return key.fallback.map { split($0, key) }
    }

    private func split(_ value: String, _ key: ConfigurationKey) -> [String] {
        guard key.kind == .list else { return [value] }
        return value.split(separator: ",").map { $0.trimmingBlanks }
    }

    private func key(_ path: String) -> ConfigurationKey {
        // A path that is not in the table is a mistake in this program, which the tests of Settings find.
        ConfigurationKey.all.first { $0.path == path }
            ?? ConfigurationKey(path: path, kind: .text, fallback: nil, summary: "")
    }

    /// The text, or nil where nothing is set and there is no default. An empty text counts as not set.
    package func text(_ path: String) throws -> String? {
        let key = key(path)
        guard let value = raw(key)?.first, !value.isEmpty else { return nil }
        if case .choice(let words) = key.kind, !words.contains(value) {
            let nearest = words.min { EditDistance.between($0, value) < EditDistance.between($1, value) } ?? ""
            throw ConfigurationError(
                code: .badValue, message: "\(path) cannot be '\(value)'",
                hint: "did you mean '\(nearest)'? It takes one of: \(words.joined(separator: ", "))")
        }
        return value
    }

    /// The whole number, from 0 up unless the range says otherwise.
    package func number(_ path: String, in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
        let value = raw(key(path))?.first ?? ""
        guard let number = Int(value), range.contains(number) else {
            let end = range.upperBound == Int.max ? "up" : "to \(range.upperBound)"
            throw ConfigurationError(
                code: .badValue, message: "\(path) cannot be '\(value)'",
                hint: "it takes a whole number from \(range.lowerBound) \(end)")
        }
        return number
    }

    /// True for `yes`. YAML calls the same values `true` and `false`, which are taken as well.
    package func flag(_ path: String) throws -> Bool {
        switch try text(path) ?? key(path).fallback {
        case "yes", "true": return true
        case "no", "false", nil: return false
        case let value?:
            throw ConfigurationError(
                code: .badValue, message: "\(path) cannot be '\(value)'", hint: "it takes yes or no")
        }
    }

    /// The items, none of them empty.
    package func list(_ path: String) -> [String] {
        (raw(key(path)) ?? []).filter { !$0.isEmpty }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        let start = firstIndex { $0 != " " } ?? endIndex
        let end = lastIndex { $0 != " " }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
