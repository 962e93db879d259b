import Testing

@testable import Inventory

@Suite struct JSONScannerTests {
    private func read(_ text: String, _ shape: Shape) -> JSONValue? {
        var scanner = JSONScanner(Array(text.utf8))
        guard let value = try? scanner.read(shape), scanner.peek() == nil else { return nil }
        return value
    }

    @Test(arguments: [
        (#"" a \"b\" \\ \/ \n é \u00e9 \ud83d\ude00 ""#, #" a "b" \ / "# + "\n é é 😀 "),
        (#""\ud83d lone""#, "\u{fffd} lone"), (#""\udc00""#, "\u{fffd}"), (#""\ud83dx""#, "\u{fffd}x"),
        (#""""#, ""),
    ])
    func `reads strings with their escapes`(json: String, text: String) {
        #expect(read(json, .text) == .string(text))
    }

    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
        ("1.5", .number("1.5")), ("1e3", .number("1e3")), ("-0.5E-7", .number("-0.5E-7")),
        ("9223372036854775808", .number("9223372036854775808")),
        ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
    ])
    func `reads scalars`(json: String, value: JSONValue) {
        #expect(read(json, .scalar) == value)
    }

    @Test(arguments: [
        "", "tru", "+1", "1.2.3", "nan", "inf", "0x10", #""open"#, #""\x""#, #""\u12g4""#, #""\u12"#, "\"a\nb\"",
        "--1", "'a'", "007", "1.", ".5", "1e", "-",
    ])
    func `refuses malformed scalars`(json: String) {
        #expect(read(json, .scalar) == nil)
    }

    @Test(arguments: ["{", #"{"a"}"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":1 "b":2}"#, #"{"a":[1,]}"#, #"{"a":1}}"#])
    func `refuses malformed objects`(json: String) {
        #expect(read(json, .object(["a": .scalar])) == nil)
    }

    @Test func `keeps what the shape names and passes the rest`() {
        let json = #"{"keep":{"a":"x","b":{"deep":["]}",{}]}},"drop":[1,{"keep":2}],"also":null}"#
        let value = read(json, .object(["keep": .object(["a": .text]), "also": .text]))
        #expect(value == .object(["keep": .object(["a": .string("x")])]))
    }

    @Test func `takes the last of equal keys`() {
        #expect(read(#"{"a":"x","a":"y"}"#, .object(["a": .text])) == .object(["a": .string("y")]))
    }

    @Test(arguments: [
        (#"{"a":1}"#, Shape.object(["a": .text])), (#"{"a":{}}"#, .object(["a": .scalar])),
        (#"{"a":[null]}"#, .object(["a": .textList])), ("[]", .object([:])), (#"{"a":1}"#, .texts), ("{}", .textList),
    ])
    func `refuses values of another type`(json: String, shape: Shape) {
        #expect(read(json, shape) == nil)
    }

    @Test func `survives nesting without end`() {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(read(deep, .scalar) == nil)
        let closed = deep + String(repeating: "]", count: 1_000_000)
        #expect(read(#"{"a":\#(closed)}"#, .object([:])) == .object([:]))
    }

    @Test func `refuses text that is not UTF-8`() {
        var scanner = JSONScanner([0x22, 0xff, 0xfe, 0x22])
        #expect(throws: JSONFailure.self) { try scanner.read(.text) }
    }

    @Test func `writes sorted keys and escapes`() {
        let value = JSONValue.object(["b": .array([.integer(1), .bool(true), .null]), "a": .string("q\"\\\u{1}é")])
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == #"{"a":"q\"\\\u0001é","b":[1,true,null]}"#)
    }
}
