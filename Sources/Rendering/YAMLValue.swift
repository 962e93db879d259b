/// A YAML document's content, written in one way only: same value, same bytes.
///
/// Maps keep the order in which they are given; nothing is sorted here.
package indirect enum YAMLValue: Hashable, Sendable {
    case string(String)
    case integer(Int)
    case list([YAMLValue])
    case map([Entry])

    /// A key of a map with its value.
    package struct Entry: Hashable, Sendable {
        let key: String
        let value: YAMLValue
    }

    /// A map of the pairs whose value is not nil, in their order.
    package static func fields(_ pairs: KeyValuePairs<String, YAMLValue?>) -> YAMLValue {
        .map(pairs.compactMap { pair in pair.value.map { Entry(key: pair.key, value: $0) } })
    }

    /// A map of strings, sorted by key; nil if there is none.
    package static func sorted(_ strings: [String: String]) -> YAMLValue? {
        guard !strings.isEmpty else { return nil }
        return .map(strings.sorted { $0.key < $1.key }.map { Entry(key: $0.key, value: .string($0.value)) })
    }

    /// A list of strings; nil if there is none.
    package static func strings(_ strings: [String]) -> YAMLValue? {
        strings.isEmpty ? nil : .list(strings.map { .string($0) })
    }

    /// The document's text, in the style of `kubectl -o yaml`: two spaces, list items at the level of their key.
    package var text: String {
        var output = ""
        write(to: &output, indent: 0)
        return output
    }

    private func write(to output: inout String, indent: Int) {
        switch self {
        case .string, .integer: output += scalar + "\n"
        case .list(let items):
            if items.isEmpty { output += scalar + "\n" }
            for item in items { item.writeItem(to: &output, indent: indent) }
        case .map(let entries):
            if entries.isEmpty { output += scalar + "\n" }
            for entry in entries { entry.write(to: &output, indent: indent) }
        }
    }

    private func writeItem(to output: inout String, indent: Int) {
        let pad = String(repeating: " ", count: indent)
        if isBlock {
            var block = ""
            write(to: &block, indent: indent + 2)
            output += pad + "- " + block.dropFirst(indent + 2)
        } else {
            output += pad + "- " + scalar + "\n"
        }
    }

    fileprivate var isBlock: Bool {
        switch self {
        case .string, .integer: false
        case .list(let items): !items.isEmpty
        case .map(let entries): !entries.isEmpty
        }
    }

    fileprivate var scalar: String {
        switch self {
        case .string(let text): YAMLString.quotedIfNeeded(text)
        case .integer(let number): String(number)
        case .list: "[]"
        case .map: "{}"
        }
    }
}

extension YAMLValue.Entry {
    fileprivate func write(to output: inout String, indent: Int) {
        output += String(repeating: " ", count: indent) + YAMLString.quotedIfNeeded(key) + ":"
        guard value.isBlock else {
            output += " " + value.scalar + "\n"
            return
        }
        output += "\n"
        if case .list = value {
            output += value.block(indent: indent)
        } else {
            output += value.block(indent: indent + 2)
        }
    }
}

extension YAMLValue {
    fileprivate func block(indent: Int) -> String {
        var output = ""
        write(to: &output, indent: indent)
        return output
    }
}
