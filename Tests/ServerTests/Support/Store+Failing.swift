import Foundation
import GRDB

@testable import Store

extension Store {
    /// Lets each write fail as on a file system that is read-only, or no longer.
    func setFailing(_ isFailing: Bool) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = \(isFailing ? 1 : 0)") }
    }

    /// Bounds the file to its present size and a few pages, as a disk that is full does; nil for no bound.
    func setRoom(pages: Int?) throws {
        try pool.writeWithoutTransaction { db in
            let used = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let bound = pages.map { used + $0 } ?? 1_000_000_000
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(bound)")
        }
    }
}

/// The store, held by another program that writes.
final class LockedStore: Sendable {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws { try queue.inDatabase { try $0.execute(sql: "ROLLBACK") } }
}
