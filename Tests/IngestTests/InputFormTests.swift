import Decoders
import Domain
import Foundation
import Ingest
import Testing

@Suite struct InputFormTests {
    private static func events() throws -> [String] {
        try Fixtures.own("audit/audit.log").split(separator: "\n").map(String.init)
    }

    private static func pretty(_ line: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        let data = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    enum Form: String, CaseIterable {
        case lines, withoutLastEnd, carriageReturns, blankLines, mark, indentedByOne
        case array, arrayByLine, arrayPretty, documents, documentsTogether, mixed
        case list, listPretty, listByLine, lists, listWithTail

        func text(_ lines: [String]) throws -> String {
            let head = #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{"x":["items"]},"items":["#
            switch self {
            case .lines: return lines.joined(separator: "\n") + "\n"
            case .withoutLastEnd: return lines.joined(separator: "\n")
            case .carriageReturns: return lines.joined(separator: "\r\n") + "\r\n"
            case .blankLines: return "\n \n" + lines.joined(separator: "\n\n\t\n") + "\n\n"
            case .mark: return "\u{feff}" + lines.joined(separator: "\n")
            case .indentedByOne: return lines.map { " \($0) " }.joined(separator: "\n")
            case .array: return "[" + lines.joined(separator: ",") + "]"
            case .arrayByLine: return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
            case .arrayPretty: return "[\n  " + (try lines.map(pretty).joined(separator: ",\n  ")) + "\n]"
            case .documents: return try lines.map(pretty).joined(separator: "\n")
            case .documentsTogether:
                return try lines.map(pretty).joined(separator: "\n---\n").replacing("---\n", with: "")
            case .mixed:
                return lines[0] + "\n" + (try pretty(lines[1])) + "\n[" + lines[2..<5].joined(separator: ",") + "]\n"
                    + head + lines[5..<9].joined(separator: ",") + "]}\n" + lines[9...].joined(separator: "\n")
            case .list: return head + lines.joined(separator: ",") + "]}"
            case .listPretty:
                return "{\n \"kind\": \"EventList\",\n \"items\": [\n" + lines.joined(separator: ",\n") + "\n]\n}\n"
            case .listByLine: return head + "\n" + lines.joined(separator: ",\n") + "\n]}\n"
            case .lists: return lines.map { head + $0 + "]}" }.joined(separator: "\n")
            case .listWithTail:
                return head + lines.joined(separator: ",") + #"],"metadata":{"a":["]",{"b":"}"}]}}"# + "\n"
            }
        }

        private func pretty(_ line: String) throws -> String { try InputFormTests.pretty(line) }
    }

    @Test(arguments: Form.allCases, [1 << 20, 997, 61])
    func `every form gives the same observations, however the bytes come`(form: Form, piece: Int) throws {
        let lines = try Self.events()
        let expected = try ingest(.audit, Form.lines.text(lines))
        let (result, summary) = try ingest(.audit, form.text(lines), piece: piece)
        #expect(summary.rejected.total == 0, "\(summary.diagnostics.first.debugDescription)")
        #expect(summary.records == 167)
        #expect(result == expected.result)
    }

    @Test(arguments: Form.allCases, [1, 2, 3])
    func `every form gives the same observations, also by single bytes`(form: Form, piece: Int) throws {
        let lines = Array(try Self.events().prefix(9))
        let expected = try ingest(.audit, Form.lines.text(lines))
        let (result, summary) = try ingest(.audit, form.text(lines), piece: piece)
        #expect(summary.rejected.total == 0, "\(summary.diagnostics.first.debugDescription)")
        #expect(summary.records == 9)
        #expect(result == expected.result)
    }

    @Test func `a list with bytes that are no text loses the element that holds them`() throws {
        let lines = Array(try Self.events().prefix(5))
        for bytes: [UInt8] in [[0xff], [0], [9], [0x1b], [0xc0, 0xaf]] {
            let bad = Array(lines[2].utf8.prefix(20)) + bytes + Array(lines[2].utf8.dropFirst(20))
            let list = Array(#"{"kind":"EventList","items":["#.utf8) + Array((lines[0] + ",").utf8) + bad
            let summary = try ingest(.audit, list + Array(("," + lines[1] + "," + lines[4] + "]}\n" + lines[3]).utf8))
                .summary
            #expect(summary.records == 5)
            #expect(summary.rejected.total == 1)
            #expect(summary.diagnostics.map(\.line) == [2])
        }
    }

    @Test func `a list that breaks off behind its elements is reported, and what follows is kept`() throws {
        let lines = Array(try Self.events().prefix(3))
        let head = #"{"kind":"EventList","items":["# + lines[0] + "," + lines[1]
        for tail in ["]", "],", #"],"metadata":{"a":"#, #"],"metadata":{"a":"x"#] {
            for end in ["", "\n" + lines[2]] {
                for piece in [1, 3, 1 << 20] {
                    let summary = try ingest(.audit, head + tail + end, piece: piece).summary
                    #expect(summary.records == (end.isEmpty ? 3 : 4), "\(tail)")
                    #expect(summary.rejected[.notJSON] == 1)
                }
            }
        }
    }

    @Test func `a time of NUL characters is no time`() throws {
        let nuls = String(repeating: #"\u0000"#, count: 10)
        let lines = try Self.events().prefix(2).map { $0.replacing("2026-11-23T", with: nuls + "T") }
        #expect(try ingest(.audit, lines.joined(separator: "\n")).summary.rejected[.wrongType] == 2)
    }

    @Test func `an input of single bytes is decoded`() throws {
        let lines = Array(try Self.events().prefix(6))
        let (result, summary) = try ingest(.audit, Form.mixed.text(lines + lines + lines), piece: 1)
        #expect(summary.records == 18)
        #expect(!result.accesses.isEmpty)
    }

    @Test(arguments: [
        ("junk", "not JSON", 3), ("[1,2", "not JSON", 3), ("{broken", "not JSON", 3), ("{\"a\":\"x", "not JSON", 3),
        ("{\"a\":1,", "not JSON", 3), ("{", "not JSON", 3), ("12", "not a record of this source", 3),
        ("{\"a\":\"b\0c\"}", "not JSON", 3),
    ]) func `a bad line costs one line`(line: String, kind: String, number: Int) throws {
        let good = try Self.events()
        let text = ([good[0], good[1], line] + good[2...]).joined(separator: "\n")
        for piece in [1 << 20, 64] {
            let summary = try ingest(.audit, text, piece: piece).summary
            #expect(summary.rejected.sorted.map(\.reason.rawValue) == [kind])
            #expect(summary.rejected.total == 1)
            #expect(summary.diagnostics.map(\.line) == [number])
            #expect(summary.records == 168)
        }
    }

    @Test func `a bad element costs one element, and is named by its place`() throws {
        let good = Array(try Self.events().prefix(4))
        let text = "[" + [good[0], "7", good[1], #"{"a":1}"#, good[2], "{]", good[3]].joined(separator: ",") + "]"
        let summary = try ingest(.audit, text).summary
        #expect(summary.records == 7)
        #expect(summary.diagnostics.map(\.line) == [2, 4, 6])
        #expect(summary.diagnostics.map(\.kind) == [.notThisSource, .notThisSource, .notJSON])
    }

    @Test func `an array that breaks off keeps what came before`() throws {
        let good = Array(try Self.events().prefix(4))
        let summary = try ingest(.audit, "[" + good.joined(separator: ",") + ",{\"auditID\":").summary
        #expect(summary.records == 5)
        #expect(summary.rejected[.notJSON] == 1)
    }

    @Test func `white space without end takes no memory`() throws {
        let summary = try ingest(.audit, String(repeating: " ", count: 3_000_000), piece: 100_000).summary
        #expect(summary.records == 0)
        let tail = try Self.events()[1]
        let late = try ingest(.audit, String(repeating: " ", count: 1_000_000) + tail, piece: 100_000).summary
        #expect(late.observations == 1)
    }

    @Test(arguments: ["", "\n\n", "\u{feff}", " ", "[]", "[ ]\n[]", #"{"kind":"EventList","items":[]}"#])
    func `an empty input is no error`(text: String) throws {
        let (result, summary) = try ingest(.audit, text)
        #expect(summary.records == 0)
        #expect(result == IngestResult())
    }

    enum Long: CaseIterable {
        case line, element, document, unended, string
        func text(_ good: String) -> String {
            let filler = String(repeating: "x", count: 300_000)
            switch self {
            case .line: return good + "\n{\"a\":\"\(filler)\"}\n" + good
            case .element: return "[" + good + ",{\"a\":\"\(filler)}]\"}," + good + "]"
            case .document: return good + "\n{\n \"a\": \"\(filler)\"\n}\n" + good
            case .unended: return good + "\n" + good + "\n{\"a\":\"\(filler)"
            case .string: return good + "\n\(filler)\n" + good
            }
        }
    }

    @Test(arguments: Long.allCases, [1 << 20, 4096]) func `a record over the limit is skipped and named`(
        long: Long, piece: Int
    ) throws {
        var options = IngestOptions()
        options.recordLimit = 100_000
        let good = try Self.events()[1]
        let summary = try ingest(.audit, long.text(good), piece: piece, options: options).summary
        // A long record that is complete in the buffer may be judged by its content instead.
        #expect(summary.rejected.total == 1)
        #expect(summary.observations == 2)
        if piece == 4096 { #expect(summary.rejected[.tooLong] == 1) }
    }

    @Test(.enabled(if: Fixtures.hasShared, "the shared fixtures are not here"))
    func `bodies of the API server's webhook are taken apart`() throws {
        var records = 0
        for file in try Fixtures.sharedFiles("audit/webhook") {
            let summary = try ingest(.audit, try Fixtures.shared(file)).summary
            #expect(summary.rejected.total == 0, "\(file)")
            #expect(summary.records > 0)
            records += summary.records
        }
        #expect(records == 24)
    }

    @Test(.enabled(if: Fixtures.hasShared, "the shared fixtures are not here"))
    func `captures of several documents are taken apart`() throws {
        for file in try Fixtures.sharedFiles("audit/falco-captures") where !file.hasSuffix("fal_01_003.json") {
            let summary = try ingest(.audit, try Fixtures.shared(file)).summary
            #expect(summary.rejected.total == 0, "\(file)")
            #expect(summary.observations == summary.records)
        }
    }
}
