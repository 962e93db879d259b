/// JSON to be broken: members keep their order and may stand twice, and any part can be a text that is no JSON.
indirect enum JSONText: Sendable, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    case object([(String, JSONText)])
    case array([JSONText])
    case raw(String)

    init(dictionaryLiteral elements: (String, JSONText)...) { self = .object(elements) }
    init(arrayLiteral elements: JSONText...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .raw("\"\(value)\"") }
    init(integerLiteral value: Int) { self = .raw("\(value)") }
    init(booleanLiteral value: Bool) { self = .raw("\(value)") }

    var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\"\($0.0)\":\($0.1.text)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .raw(let text): text
        }
    }

    /// The way to every value inside, by positions: of each object, each array and each scalar.
    var paths: [[Int]] {
        children.enumerated().flatMap { index, child in [[index]] + child.paths.map { [index] + $0 } }
    }

    private var children: [JSONText] {
        switch self {
        case .object(let members): members.map(\.1)
        case .array(let elements): elements
        case .raw: []
        }
    }

    /// The names on the way to a value, for people.
    func name(of path: ArraySlice<Int>) -> String {
        guard let index = path.first else { return "" }
        switch self {
        case .object(let members): return "." + members[index].0 + members[index].1.name(of: path.dropFirst())
        case .array(let elements): return "[\(index)]" + elements[index].name(of: path.dropFirst())
        case .raw: return ""
        }
    }

    /// A copy with another value in that place; the key stays.
    func replacing(_ path: ArraySlice<Int>, by change: (JSONText) -> JSONText) -> JSONText {
        guard let index = path.first else { return change(self) }
        switch self {
        case .object(var members):
            members[index].1 = members[index].1.replacing(path.dropFirst(), by: change)
            return .object(members)
        case .array(var elements):
            elements[index] = elements[index].replacing(path.dropFirst(), by: change)
            return .array(elements)
        case .raw: return self
        }
    }

    /// A copy in which the member at that place stands twice, first with another value.
    func doubling(_ path: ArraySlice<Int>, first: JSONText) -> JSONText {
        guard let last = path.last, path.count > 0 else { return self }
        return replacing(path.dropLast()) { parent in
            guard case .object(var members) = parent else { return parent }
            members.insert((members[last].0, first), at: last)
            return .object(members)
        }
    }
}
