import Foundation
import Yams

/// A part of a YAML document; what is not there is nil, however deep.
struct Fields {
    let value: Any?

    init(_ value: Any?) { self.value = value }

    /// The documents of a file, empty ones left out.
    static func documents(_ yaml: String) throws -> [Fields] {
        try Yams.load_all(yaml: yaml).map { Fields($0) }.filter { $0.value is [String: Any] }
    }

    /// The one document of a file.
    init(yaml: String) throws { value = try Yams.load(yaml: yaml) }

    subscript(_ key: String) -> Fields { Fields((value as? [String: Any])?[key]) }

    /// Of several keys, one inside of the other.
    subscript(path keys: String...) -> Fields { keys.reduce(self) { $0[$1] } }

    var text: String? { value as? String }
    var number: Int? { value as? Int }
    var flag: Bool? { value as? Bool }
    var list: [Fields] { (value as? [Any] ?? []).map { Fields($0) } }
    var texts: [String] { list.compactMap(\.text) }
    var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
    var isThere: Bool { value != nil && !(value is NSNull) }

    /// The item of a list with this name.
    func named(_ name: String) -> Fields { list.first { $0["name"].text == name } ?? Fields(nil) }

    /// The same without some of its keys.
    func without(_ keys: Set<String>) -> Fields {
        Fields((value as? [String: Any]).map { $0.filter { !keys.contains($0.key) } })
    }

    /// JSON with sorted keys, to compare.
    func json() throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: value ?? [String: Any](),
            options: [.sortedKeys, .prettyPrinted, .fragmentsAllowed, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
