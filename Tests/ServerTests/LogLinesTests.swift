import AppConfiguration
import Domain
import Foundation
import Logging
import Testing

@testable import Server

@Suite struct LogLinesTests {
    private let time = Timestamp(rawValue: 1_764_126_000_123_456_789)

    private func line(_ message: String, _ fields: Logger.Metadata, json: Bool = true) -> String {
        LogLines(label: "leastwise", format: json ? .json : .text, level: .info)
            .line(.warning, message, fields, at: time)
    }

    /// What a log's reader must not take for an end of the line, a quote, or an order to its terminal.
    private static let values = [
        "", "plain", "two words", "line\nbreak", "carriage\rreturn", "\r\n", "quote \" quote", "back\\slash", "a=b",
        "tab\t", "nul\u{0}", "escape\u{1b}[2J", "delete\u{7f}", "C1 \u{9b}31m", "line\u{2028}and\u{2029}paragraph",
        "next\u{85}line", "{\"level\":\"error\"}", "e\u{301} ü 漢字 🏳️‍🌈", "\u{202e}right to left", "\u{feff}",
        "\",\"level\":\"error\",\"x\":\"", String(repeating: "\n", count: 5000),
    ]

    @Test(arguments: values)
    func `a value stays one line, and is read back as it was`(value: String) throws {
        let text = line("message", ["value": "\(value)"])
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(text.hasSuffix("}\n"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        let expected = String(String.UnicodeScalarView(value.unicodeScalars.prefix(4096)))
        #expect(object["value"]?.unicodeScalars.elementsEqual(expected.unicodeScalars) == true)
        #expect(object["level"] == "warning")
        expectHarmless(text)
    }

    @Test(arguments: values)
    func `a value stays one line of text, and one field of it`(value: String) {
        let text = line("message", ["value": "\(value)", "z": "last"], json: false)
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(text.hasPrefix("2025-11-26T03:00:00.123Z warning message value="))
        #expect(text.hasSuffix(" z=last\n"))
        expectHarmless(text)
    }

    @Test(arguments: values)
    func `a message and a name stay one line, too`(value: String) throws {
        for json in [true, false] {
            let text = line(value, ["\(value)": "x"], json: json)
            #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
            expectHarmless(text)
            if json { _ = try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        }
    }

    private func expectHarmless(_ text: String) {
        for scalar in text.unicodeScalars.dropLast() {
            #expect(scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value))
            #expect(![0x2028, 0x2029, 0x202e, 0xfeff].contains(scalar.value))
        }
    }

    @Test func `fields stand in the same order, and cannot take the place of the line's own`() throws {
        let fields: Logger.Metadata = ["b": "2", "a": "1", "level": "forged", "time": "forged", "c": ["x", "y"]]
        let text = line("m", fields)
        #expect(
            text == """
                {"time":"2025-11-26T03:00:00.123Z","level":"warning","logger":"leastwise","message":"m","a":"1","b":"2",\
                "c":"[\\"x\\", \\"y\\"]","field.level":"forged","field.time":"forged"}

                """)
        for _ in 0..<20 { #expect(line("m", fields) == text) }
    }

    @Test(arguments: [(Int64(0), "1970-01-01T00:00:00.000Z"), (999_999_999, "1970-01-01T00:00:00.999Z")])
    func `times have milliseconds`(nanoseconds: Int64, text: String) {
        let line = LogLines(label: "l", format: .text, level: .info)
            .line(.info, "m", [:], at: Timestamp(rawValue: nanoseconds))
        #expect(line == "\(text) info m\n")
    }

    @Test func `a logger hands on its fields, and those of a line go before them`() throws {
        let log = CapturedLog()
        var logger = Logger(label: "l") { LogLines(label: $0, format: .json, level: .info, write: { log.append($0) }) }
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.debug("not written")
        logger.info("written", metadata: ["a": "line"])
        let events = log.events
        #expect(events.count == 1)
        #expect(events.first?["a"] == "line")
        #expect(events.first?["b"] == "logger")
    }
}
