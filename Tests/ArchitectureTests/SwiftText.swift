/// Just enough of Swift's grammar to measure functions and find declarations, on text whose literals are blanked out.
struct SwiftText {
    let lines: [String]

    init(_ source: String) {
        lines = Self.blank(source).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    struct Function: Equatable {
        /// From 1.
        let line: Int
        let length: Int
    }

    /// Functions, initialisers and deinitialisers with the lines from their first to their closing brace.
    var functions: [Function] {
        lines.indices.compactMap { start in
            guard Self.startsFunction(lines[start]) else { return nil }
            var depth = 0
            var opened = false
            for end in start..<lines.count {
                for character in lines[end] {
                    if character == "{" {
                        depth += 1
                        opened = true
                    }
                    if character == "}" { depth -= 1 }
                }
                if opened, depth <= 0 { return Function(line: start + 1, length: end - start + 1) }
                // A requirement of a protocol has no body.
                if !opened, end > start, Self.startsDeclaration(lines[end]) { return nil }
            }
            return nil
        }
    }

    private static let modifiers: Set<Substring> = [
        "package", "private", "fileprivate", "static", "mutating", "final", "override", "nonisolated", "convenience",
        "required", "consuming", "borrowing",
    ]

    private static func words(_ line: String) -> ArraySlice<Substring> {
        line.split { $0 == " " || $0 == "(" || $0 == "<" }.drop { modifiers.contains($0) || $0.hasPrefix("@") }
    }

    private static func startsFunction(_ line: String) -> Bool {
        guard let word = words(line).first else { return false }
        return word == "func" || word == "init" || word == "init?" || word == "deinit"
    }

    private static func startsDeclaration(_ line: String) -> Bool {
        guard let word = words(line).first else { return line.contains("}") }
        return ["func", "init", "init?", "var", "let", "struct", "enum", "case", "}"].contains(word)
    }

    /// The numbers (from 1) of lines that declare something for other modules without a documentation comment above.
    func undocumented(in source: String) -> [Int] {
        let original = source.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.drop { $0 == " " }
        }
        return original.indices.filter { number in
            let line = original[number]
            guard line.hasPrefix("package "), !line.hasPrefix("package import"), Self.needsComment(line) else {
                return false
            }
            let above = original[..<number].last { !$0.hasPrefix("@") && !$0.hasPrefix("#") } ?? ""
            return !above.hasPrefix("///")
        }.map { $0 + 1 }
    }

    /// Types and functions always; what their names say alone is left: stored properties, cases, plain initialisers, and
    /// requirements of well-known protocols, whose own documentation says what they do.
    private static func needsComment(_ line: Substring) -> Bool {
        let words = line.split { $0 == " " || $0 == "(" || $0 == "<" || $0 == ":" }.drop { modifiers.contains($0) }
        guard let first = words.first else { return false }
        if ["struct", "enum", "final", "class", "actor", "protocol", "typealias"].contains(first) { return true }
        guard first == "func", !line.contains("func < (") else { return false }
        let name = words.dropFirst().first ?? ""
        return !["encode", "hash", "run", "==", "validate"].contains(name)
    }

    /// The source with comments and the contents of string literals replaced by blanks, line feeds kept.
    private static func blank(_ source: String) -> String {
        var output = ""
        var rest = Substring(source)
        while let character = rest.first {
            if rest.hasPrefix("//") {
                rest = rest.drop { $0 != "\n" }
            } else if rest.hasPrefix("\"\"\"") {
                output += skipLiteral(&rest, delimiter: "\"\"\"")
            } else if character == "\"" {
                output += skipLiteral(&rest, delimiter: "\"")
            } else {
                output.append(character)
                rest = rest.dropFirst()
            }
        }
        return output
    }

    private static func skipLiteral(_ rest: inout Substring, delimiter: String) -> String {
        rest = rest.dropFirst(delimiter.count)
        var lines = ""
        while !rest.isEmpty, !rest.hasPrefix(delimiter) {
            if rest.first == "\n" { lines += "\n" }
            rest = rest.dropFirst(rest.first == "\\" ? 2 : 1)
        }
        rest = rest.dropFirst(delimiter.count)
        return "\"\"" + lines
    }
}
