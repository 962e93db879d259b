import Testing

@testable import KubernetesClient

@Suite struct SplitterTests {
    /// All ways to cut a text into pieces of one length, and some of random ones.
    private func pieces(_ text: String, length: Int) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<min($0 + length, bytes.count)]) }
    }

    private func list(
        _ text: String, length: Int = 1000, limit: Int = 1000
    ) throws -> (items: [String], end: ListSplitter.Envelope) {
        var splitter = ListSplitter(limit: limit)
        var items: [String] = []
        for piece in pieces(text, length: length) {
            try piece.withUnsafeBytes { bytes in
                try splitter.take(bytes) { items.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        return (items, try splitter.end())
    }

    private static let page = #"""
        {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"12","continue":"a\"}b=="},"x":"items",
        "y":[{"items":[1]}],"items":[{"a":"}]\"{","b":[{"c":{}}]} , {"items":[{"d":1}]},
        {}]}
        """#

    @Test(arguments: 1...40) func `cuts a list into its items, however it arrives`(length: Int) throws {
        let (items, end) = try list(Self.page, length: length)
        #expect(items == [#"{"a":"}]\"{","b":[{"c":{}}]}"#, #"{"items":[{"d":1}]}"#, "{}"])
        #expect(end.version == "12")
        #expect(end.continueToken == #"a"}b=="#)
    }

    @Test func `takes items before the metadata, and lists without items`() throws {
        let early = try list(#"{"items":[{"a":1}],"kind":"List","metadata":{"resourceVersion":"3"}}"#)
        #expect(early.items == [#"{"a":1}"#])
        #expect(early.end.version == "3")
        for items in ["[]", "null", " [ ] "] {
            let none = try list(#"{"kind":"PodList","metadata":{"resourceVersion":"3"},"items":\#(items)}"#)
            #expect(none.items.isEmpty)
            #expect(none.end.version == "3")
        }
    }

    @Test(arguments: [
        "", "{", #"{"kind":"PodList","items":[{}"#, #"{"kind":"PodList","items":[{}]"#, #"{"kind":"PodList"}"#,
        #"{"kind":"Status","items":[]}"#, "[]", "}", #"{"kind":"PodList","items":[]}}"#, "<html>",
    ])
    func `a list that breaks off, and what is none, is malformed`(text: String) {
        #expect(throws: ListSplitter.Malformed.self) { try list(text) }
    }

    @Test func `passes over an item that is too large, and keeps those around it`() throws {
        var splitter = ListSplitter(limit: 20)
        var items: [String] = []
        let big = #"{"a":"\#(String(repeating: "x", count: 500))"}"#
        try Array(#"{"kind":"L","items":[{"a":1},\#(big),{"b":2}],"metadata":{}}"#.utf8).withUnsafeBytes { bytes in
            try splitter.take(bytes) { items.append(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(items == [#"{"a":1}"#, #"{"b":2}"#])
        #expect(splitter.takeOversized() == 1)
        #expect(splitter.takeOversized() == 0)
    }

    @Test func `bounds what stands around the items`() {
        let long = String(repeating: "x", count: 2 << 20)
        #expect(throws: ListSplitter.Malformed.self) { try list(#"{"kind":"PodList","x":"\#(long)","items":[]}"#) }
        #expect(throws: ListSplitter.Malformed.self) { try list(String(repeating: "[", count: 20_000)) }
    }

    private func lines(_ text: String, length: Int, limit: Int = 100) throws -> [String] {
        var splitter = LineSplitter(limit: limit)
        var lines: [String] = []
        for piece in pieces(text, length: length) {
            try piece.withUnsafeBytes { bytes in
                try splitter.take(bytes) { lines.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        return lines
    }

    @Test(arguments: 1...12) func `cuts a watch into lines, and keeps what has no end`(length: Int) throws {
        #expect(try lines("one\n\ntwo2\nthree\nfou", length: length) == ["one", "two2", "three"])
    }

    @Test(arguments: [1, 7, 1000]) func `bounds a line`(length: Int) throws {
        #expect(try lines(String(repeating: "x", count: 100) + "\n", length: length).count == 1)
        #expect(throws: LineSplitter.TooLong.self) { try lines(String(repeating: "x", count: 101), length: length) }
    }
}
