import Domain
import Foundation
import GRDB
import Testing

@testable import Store

struct StoreMarksTests {
    private func receipt(_ key: String, sender: String = "gateway", answer: String = "{}", at second: Int64 = 0)
        -> Receipt
    {
        Receipt(sender: sender, key: key, answer: answer, received: Sample.time(day: 20_000, second: second))
    }

    private func marks(
        cursors: [SourceCursor] = [], forgotten: [String] = [], receipts: [Receipt] = []
    ) -> CommitMarks {
        var marks = CommitMarks()
        marks.cursors = cursors
        marks.forgottenCursors = forgotten
        marks.receipts = receipts
        return marks
    }

    @Test func `stores batches and marks in one transaction that is on disk`() throws {
        let folder = try TemporaryFolder()
        let crashed = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let cursor = SourceCursor(name: "file:/var/log/audit.log", value: #"{"offset":7}"#)
        try store.merge(
            [Sample.batch(edges: 3), ObservationBatch(), Sample.batch(edges: 5)],
            marks: marks(cursors: [cursor], receipts: [receipt("a", answer: #"{"accepted":8}"#)]))
        try folder.copyDatabase(to: crashed)
        let copy = try Store(path: crashed.file())
        #expect(try copy.connections(cluster: Sample.cluster).map(\.fact.count) == [2, 2, 2, 1, 1])
        #expect(try copy.cursors(prefix: "") == [cursor])
        #expect(try copy.receipt(sender: "gateway", key: "a") == receipt("a", answer: #"{"accepted":8}"#))
    }

    @Test func `stores marks without observations, and makes no transaction of nothing`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge([], marks: marks(cursors: [SourceCursor(name: "file:a", value: "1")]))
        #expect(try store.cursors(prefix: "file:").count == 1)
        let before = try folder.bytes("leastwise.db-wal")
        try store.merge([ObservationBatch()], marks: CommitMarks())
        #expect(try folder.bytes("leastwise.db-wal") == before)
    }

    @Test func `keeps the newest value of a cursor, and what is told to be forgotten goes first`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        func cursor(_ name: String, _ value: String) -> SourceCursor { SourceCursor(name: name, value: value) }
        try store.merge(
            [], marks: marks(cursors: [cursor("file:a", "1"), cursor("file:b", "1"), cursor("file:c", "1")]))
        try store.merge(
            [],
            marks: marks(
                cursors: [cursor("file:a", "2"), cursor("file:a", "3"), cursor("file:c", "2")],
                forgotten: ["file:b", "file:c", "file:unknown"]))
        #expect(try store.cursors(prefix: "file:") == [cursor("file:a", "3"), cursor("file:c", "2")])
    }

    @Test func `finds cursors by the bytes that their names begin with`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let names = [
            "file:", "file:a", "file:a\u{10ffff}b", "file:\u{e9}", "file:e\u{301}", "filf", "file", "relay:file:",
            "a\0b",
        ]
        let values = names.map { SourceCursor(name: $0, value: "of \($0)") }
        try store.merge([], marks: marks(cursors: values))
        func found(_ prefix: String) throws -> [ExactText] {
            try store.cursors(prefix: prefix).map { ExactText($0.name) }
        }
        #expect(try found("file:") == ["file:", "file:a", "file:a\u{10ffff}b", "file:e\u{301}", "file:\u{e9}"])
        #expect(try found("file:a") == ["file:a", "file:a\u{10ffff}b"])
        #expect(try found("file:\u{e9}") == ["file:\u{e9}"])
        #expect(try found("a\0") == ["a\0b"])
        #expect(try found("") == names.map { ExactText($0) }.sorted())
        #expect(try found("nothing") == [])
    }

    @Test func `refuses a commit whose batch was stored by another process, whole, with the first answer`() throws {
        let folder = try TemporaryFolder()
        let faster = try Store(path: folder.file())
        let slower = try Store(path: folder.file())
        let first = receipt("a", answer: #"{"accepted":1}"#, at: 1)
        try faster.merge([Sample.batch(edges: 1)], marks: marks(receipts: [first]))
        let before = try slower.dump()
        let error = #expect(throws: StoreError.self) {
            try slower.merge(
                [Sample.batch(edges: 4)],
                marks: marks(
                    cursors: [SourceCursor(name: "file:a", value: "1")],
                    receipts: [receipt("b"), receipt("a", answer: "{}", at: 2)]))
        }
        #expect(error?.code == .alreadyReceived)
        #expect(error?.isTemporary == false)
        #expect(error?.blamesInput == true)
        #expect((error?.underlying as? AlreadyReceived)?.receipts == [first])
        #expect(try slower.dump() == before)
        #expect(try slower.cursors(prefix: "").isEmpty)
        #expect(try slower.receipt(sender: "gateway", key: "b") == nil)
        try slower.merge([Sample.batch(edges: 4)], marks: marks(receipts: [receipt("b")]))
        #expect(try slower.connections(cluster: Sample.cluster).map(\.fact.count) == [2, 1, 1, 1])
    }

    @Test func `stores no mark of a commit whose observations are refused`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        var bad = Sample.batch(edges: 1)
        bad.connections[0].fact.last = Sample.time(day: 20_100)
        let error = #expect(throws: StoreError.self) {
            try store.merge(
                [Sample.batch(edges: 1), bad],
                marks: marks(cursors: [SourceCursor(name: "file:a", value: "1")], receipts: [receipt("k")]))
        }
        #expect(error?.code == .invalidObservation)
        #expect(try store.clusters().isEmpty)
        #expect(try store.cursors(prefix: "").isEmpty)
        #expect(try store.receipt(sender: "gateway", key: "k") == nil)
    }

    @Test func `tells keys apart by sender and by bytes, and refuses one twice in a commit`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(
            [],
            marks: marks(receipts: [
                receipt("\u{e9}"), receipt("e\u{301}"), receipt("\u{e9}", sender: "other"), receipt("x", sender: ""),
            ]))
        #expect(try store.receipt(sender: "gateway", key: "e\u{301}") != nil)
        #expect(try store.receipt(sender: "", key: "\u{e9}") == nil)
        let error = #expect(throws: StoreError.self) {
            try store.merge(
                [Sample.batch(edges: 1)],
                marks: marks(receipts: [receipt("k", answer: "1"), receipt("k", answer: "2")]))
        }
        #expect((error?.underlying as? AlreadyReceived)?.receipts.map(\.answer) == ["1"])
        #expect(try store.receipt(sender: "gateway", key: "k") == nil)
    }

    @Test func `forgets old receipts by the server's clock, the oldest first and few at a time`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge([], marks: marks(receipts: (0..<10).map { receipt("k\($0)", at: Int64($0)) }))
        let cutoff = Sample.time(day: 20_000, second: 7)
        #expect(try store.forgetReceipts(before: cutoff, limit: -1) == 0)
        #expect(try store.forgetReceipts(before: cutoff, limit: 4) == 4)
        #expect(try store.receipt(sender: "gateway", key: "k3") == nil)
        #expect(try store.receipt(sender: "gateway", key: "k4") != nil)
        #expect(try store.forgetReceipts(before: cutoff, limit: 4) == 3)
        #expect(try store.receipt(sender: "gateway", key: "k7") != nil)
        #expect(try store.forgetReceipts(before: cutoff, limit: 4) == 0)
        try store.merge([], marks: marks(receipts: [receipt("k3")]))
    }

    @Test(arguments: ["cursor", "value", "sender", "key", "empty key", "answer"])
    func `refuses marks that are longer than any source's`(what: String) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        // NUL ends a text for SQLite's length(); the schema counts bytes.
        func long(_ bytes: Int) -> String { "\0" + String(repeating: "x", count: bytes) }
        let marks =
            switch what {
            case "cursor": marks(cursors: [SourceCursor(name: long(8192), value: "")])
            case "value": marks(cursors: [SourceCursor(name: "a", value: long(1_048_576))])
            case "sender": marks(receipts: [receipt("k", sender: long(1024))])
            case "key": marks(receipts: [receipt(long(1024))])
            case "empty key": marks(receipts: [receipt("")])
            default: marks(receipts: [receipt("k", answer: long(65_536))])
            }
        let error = #expect(throws: StoreError.self) { try store.merge([Sample.batch(edges: 1)], marks: marks) }
        #expect(error?.code == .invalidObservation)
        #expect(try store.clusters().isEmpty)
    }
}
