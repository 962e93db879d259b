/// Reads Prometheus' text format 0.0.4 and takes nothing that its description does not have
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct PrometheusText {
    struct Malformed: Error {
        let line: String
        let problem: String
    }

    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    /// Types by family.
    private(set) var types: [String: String] = [:]
    private(set) var samples: [Sample] = []
    private var family = ""
    private var seen: Set<String> = []

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Malformed(line: "", problem: "no line end at the end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            try read(String(line))
        }
    }

    private mutating func read(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        if line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ") {
            guard words.count == 4, Self.isName(words[2]) else { throw Malformed(line: line, problem: "no name") }
            family = String(words[2])
            guard words[1] == "TYPE" else { return }
            guard types.updateValue(String(words[3]), forKey: family) == nil else {
                throw Malformed(line: line, problem: "a second type")
            }
            guard ["counter", "gauge", "histogram"].contains(words[3]) else {
                throw Malformed(line: line, problem: "no such type")
            }
            return
        }
        let sample = try Self.sample(line)
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { sample.name == family + $0 }) else {
            throw Malformed(line: line, problem: "not of the family before it")
        }
        let identity = "\(sample.name) \(sample.labels.sorted { $0.key < $1.key })"
        guard seen.insert(identity).inserted else { throw Malformed(line: line, problem: "twice") }
        samples.append(sample)
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        text.first?.isNumber == false
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "_0123456789".contains(Character($0)))
            }
    }

    private static func sample(_ line: String) throws -> Sample {
        var rest = Substring(line)
        let name = rest.prefix { $0 != "{" && $0 != " " }
        guard isName(name) else { throw Malformed(line: line, problem: "no name") }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let (label, value) = try pair(&rest, line)
                guard labels.updateValue(value, forKey: label) == nil else {
                    throw Malformed(line: line, problem: "a label twice")
                }
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst()) else {
            throw Malformed(line: line, problem: "no value")
        }
        return Sample(name: String(name), labels: labels, value: value)
    }

    private static func pair(_ rest: inout Substring, _ line: String) throws -> (String, String) {
        let label = rest.prefix { $0 != "=" }
        rest = rest.dropFirst(label.count)
        guard isName(label), rest.hasPrefix("=\"") else { throw Malformed(line: line, problem: "no label") }
        rest = rest.dropFirst(2)
        var value = String.UnicodeScalarView()
        var scalars = rest.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"":
                rest = Substring(scalars)
                return (String(label), String(value))
            case "\\":
                switch scalars.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: throw Malformed(line: line, problem: "no such escape")
                }
            default: value.append(scalar)
            }
        }
        throw Malformed(line: line, problem: "no end of a value")
    }
}
