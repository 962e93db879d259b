import Domain
import Synchronization
import Testing

@testable import Store

struct StoreLeaseTests {
    private final class Outcomes: Sendable {
        let all = Mutex<[LeaseOutcome]>([])
    }

    private func time(_ second: Int64) -> Timestamp { Sample.time(day: 20_000, second: second) }

    @Test func `gives a lease to one holder until its time is over`() throws {
        let folder = try TemporaryFolder()
        let one = try Store(path: folder.file())
        let two = try Store(path: folder.file())
        func ask(_ store: Store, _ holder: String, at second: Int64) throws -> LeaseOutcome {
            try store.takeLease(name: "learn", holder: holder, now: time(second), duration: .seconds(30))
        }
        #expect(try ask(one, "a", at: 0) == .taken(until: time(30)))
        #expect(try ask(two, "b", at: 10) == .heldBy("a", until: time(30)))
        #expect(try ask(one, "a", at: 20) == .taken(until: time(50)))
        #expect(try ask(two, "b", at: 49) == .heldBy("a", until: time(50)))
        #expect(try ask(two, "b", at: 50) == .taken(until: time(80)))
        #expect(try ask(one, "a", at: 51) == .heldBy("b", until: time(80)))
        #expect(
            try one.takeLease(name: "prune", holder: "a", now: time(51), duration: .seconds(1))
                == .taken(until: time(52)))
    }

    @Test func `takes a lease back only from its holder`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        #expect(try store.releaseLease(name: "learn", holder: "a") == false)
        _ = try store.takeLease(name: "learn", holder: "e\u{301}", now: time(0), duration: .seconds(30))
        #expect(try store.releaseLease(name: "learn", holder: "\u{e9}") == false)
        let other = try store.takeLease(name: "learn", holder: "\u{e9}", now: time(1), duration: .seconds(30))
        #expect(other == .heldBy("e\u{301}", until: time(30)))
        #expect(try store.releaseLease(name: "learn", holder: "e\u{301}"))
        let taken = try store.takeLease(name: "learn", holder: "\u{e9}", now: time(1), duration: .seconds(30))
        #expect(taken == .taken(until: time(31)))
    }

    @Test func `does not make others wait for a clock that went back`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let year: Int64 = 365 * 86400
        _ = try store.takeLease(name: "learn", holder: "a", now: time(year), duration: .seconds(30))
        let waiting = try store.takeLease(name: "learn", holder: "b", now: time(0), duration: .seconds(600))
        #expect(waiting == .heldBy("a", until: time(30)))
        let later = try store.takeLease(name: "learn", holder: "b", now: time(10), duration: .seconds(600))
        #expect(later == .heldBy("a", until: time(30)))
        let taken = try store.takeLease(name: "learn", holder: "b", now: time(30), duration: .seconds(600))
        #expect(taken == .taken(until: time(630)))
    }

    @Test func `holds any time and duration`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let end = Timestamp(rawValue: .max)
        let long = try store.takeLease(name: "learn", holder: "a", now: time(0), duration: .seconds(Int64.max))
        #expect(long == .taken(until: end))
        let none = try store.takeLease(name: "learn", holder: "a", now: time(0), duration: .seconds(-1))
        #expect(none == .taken(until: Timestamp(rawValue: time(0).rawValue + 1)))
        _ = try store.takeLease(name: "learn", holder: "b", now: end, duration: .seconds(1))
        #expect(throws: StoreError.self) {
            _ = try store.takeLease(name: "", holder: "b", now: time(0), duration: .seconds(1))
        }
    }

    @Test func `goes to one of many who ask at once`() throws {
        let folder = try TemporaryFolder()
        let stores = [try Store(path: folder.file()), try Store(path: folder.file())]
        for round in 0..<8 as Range<Int64> {
            let now = time(round * 100)
            let outcomes = Outcomes()
            try onThreads(
                (0..<8).map { number in
                    {
                        let outcome = try stores[number % 2].takeLease(
                            name: "learn", holder: "h\(number)", now: now, duration: .seconds(60))
                        outcomes.all.withLock { $0.append(outcome) }
                    }
                })
            let all = outcomes.all.withLock(\.self)
            #expect(all.count == 8)
            #expect(all.count { $0 == .taken(until: time(round * 100 + 60)) } == 1)
        }
    }
}
