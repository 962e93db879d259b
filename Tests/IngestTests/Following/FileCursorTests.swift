import Foundation
import Ingest
import Testing

@Suite struct FileCursorTests {
    private func cursors(_ text: String) throws -> [FileCursor] {
        let folder = try LogFolder()
        try folder.append(text, to: "a \"quoted\" näme.log")
        let follower = try FileFollower(patterns: [folder.path])
        var cursors: [FileCursor] = []
        _ = try follower.poll(now: .now) { cursors.append($0.cursor) }
        return cursors
    }

    @Test(arguments: [1, 5, 400, 40_000]) func `a cursor survives being written and read`(lines: Int) throws {
        let text = (0..<lines).map { "\($0) line\n" }.joined()
        let cursor = try #require(try cursors(text).last)
        let read = try FileCursor(name: cursor.name, text: cursor.text)
        #expect(read == cursor)
        #expect(read.text == cursor.text)
        #expect(cursor.text.utf8.count < 1500)
    }

    @Test func `no content is in a cursor`() throws {
        let cursor = try #require(try cursors("secret of the log\n").last)
        #expect(!cursor.text.contains("secret"))
        #expect(cursor.text.contains(#""path":"#))
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"version":2}"#, #"{"version":1,"path":"/a"}"#,
    ]) func `text that is no cursor is refused, with a next step`(text: String) throws {
        let error = #expect(throws: IngestError.self) { try FileCursor(name: "n", text: text) }
        #expect(error?.code == .damagedCursor)
        #expect(error?.hint.contains("beginning") == true)
    }

    @Test func `a cursor with marks that do not fit its position is refused`() throws {
        let cursor = try #require(try cursors((0..<50).map { "\($0) line\n" }.joined()).last)
        let broken = [
            (#""length":32}"#, #""length":33}"#), (#""hash":""#, #""hash":"z"#), (#""length":32}"#, #""length":-1}"#),
            (#""version":1"#, #""version":9"#),
        ]
        for (part, other) in broken {
            let text = cursor.text.replacing(part, with: other)
            #expect(throws: IngestError.self, "\(part) -> \(other)") { try FileCursor(name: "n", text: text) }
        }
    }
}
