import Domain
import Foundation
import Yams

/// YAML values as JSON can hold them, within bounds whatever the file says.
struct JSONForm {
    /// Aliases let a few lines stand for billions of values; no manifest that people wrote comes near this many.
    static let mostValues = 1_000_000

    private var left = mostValues

    /// The documents of a file; nil if one is no YAML, or they hold too much.
    static func documents(_ text: String) -> [Any]? {
        guard !YAMLKeys.areOfAliases(text), var nodes = try? Yams.compose_all(yaml: text) else { return nil }
        var form = JSONForm()
        var documents: [Any] = []
        while let node = nodes.next() {
            guard let document = form.value(of: node) else { return nil }
            documents.append(document)
        }
        // The sequence ends at a mistake as it does at the end.
        return nodes.error == nil ? documents : nil
    }

    /// Keys become strings; what JSON has no word for (dates, numbers that are none) becomes the string that stands there.
    private mutating func value(of node: Yams.Node) -> Any? {
        left -= 1
        guard left > 0 else { return nil }
        switch node {
        case .mapping(let mapping): return fields(of: mapping)
        case .sequence(let sequence):
            var items: [Any] = []
            for item in sequence {
                guard let item = value(of: item) else { return nil }
                items.append(item)
            }
            return items
        case .scalar(let scalar):
            switch node.any {
            case let number as Double: return number.isFinite ? number : scalar.string
            case let value where value is Bool || value is Int || value is NSNull: return value
            default: return scalar.string
            }
        case .alias: return nil
        }
    }

    private mutating func fields(of mapping: Yams.Node.Mapping) -> [String: Any]? {
        var fields: [String: Any] = [:]
        var merged: [[String: Any]] = []
        for (key, value) in mapping {
            guard let word = key.scalar, let form = self.value(of: value) else { return nil }
            if word.string == "<<", word.style == .plain {
                merged += form as? [[String: Any]] ?? [form as? [String: Any] ?? [:]]
            } else {
                fields[word.string] = form
            }
        }
        // A map's own keys stand before merged ones, and those before later ones (YAML 1.1, merge key).
        for other in merged { fields.merge(other) { own, _ in own } }
        return fields
    }
}
