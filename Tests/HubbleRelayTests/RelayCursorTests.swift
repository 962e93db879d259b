import Domain
import HTTPTransport
import Testing

@testable import HubbleRelay

@Suite struct RelayCursorTests {
    private static let second: Int64 = 1_000_000_000
    private static let start: Int64 = 1_793_491_200 * second

    /// Notes a flow of a node: its time and when it came, in seconds.
    private func hear(_ cursor: inout RelayCursor, _ node: String, _ time: Int64, at arrival: Int64, hash: UInt64 = 1) {
        let moment = Timestamp(nanoseconds: Self.start + time * Self.second)
        cursor.add(hash, time: moment, arrival: Self.start + arrival * Self.second)
        Array(node.utf8).withUnsafeBytes {
            cursor.hear($0, time: moment, arrival: Self.start + arrival * Self.second)
        }
    }

    private func since(_ cursor: RelayCursor) -> Int64? {
        cursor.since.map { ($0.rawValue - Self.start) / Self.second }
    }

    @Test func `goes on a little before the last flow`() {
        var cursor = RelayCursor()
        #expect(cursor.since == nil)
        hear(&cursor, "n1", 100, at: 101)
        #expect(since(cursor) == 98)
    }

    @Test func `the slowest clock decides, and a fast one moves nothing`() {
        var cursor = RelayCursor()
        hear(&cursor, "slow", 60, at: 101)
        hear(&cursor, "fast", 1_000_000, at: 101)
        hear(&cursor, "n1", 100, at: 101)
        #expect(since(cursor) == 58)
        // Five minutes later nobody waits for it any more.
        hear(&cursor, "n1", 500, at: 501)
        #expect(since(cursor) == 498)
    }

    @Test func `after a break the place stays until the nodes before it are heard again`() {
        var cursor = RelayCursor()
        hear(&cursor, "n1", 100, at: 101)
        hear(&cursor, "n2", 100, at: 101)
        _ = cursor.begin(at: Self.start + 160 * Self.second)
        hear(&cursor, "n1", 160, at: 161)
        #expect(since(cursor) == 98)
        hear(&cursor, "n2", 161, at: 162)
        #expect(since(cursor) == 159)
        // Who is not heard any more is not waited for without end.
        _ = cursor.begin(at: Self.start + 163 * Self.second)
        hear(&cursor, "n1", 464, at: 465)
        #expect(since(cursor) == 462)
    }

    @Test func `is the same from a store`() throws {
        var cursor = RelayCursor()
        for index in 0..<3000 {
            hear(&cursor, "n\(index % 7)", 100, at: 101, hash: UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        }
        let restored = try RelayCursor(encoded: cursor.encoded)
        #expect(restored.since == cursor.since)
        #expect(restored.hashes == cursor.hashes)
        #expect(restored.nodes == cursor.nodes)
        #expect(restored.encoded == cursor.encoded)
        #expect(try RelayCursor(encoded: RelayCursor().encoded).since == nil)
    }

    @Test func `what is no position is an error`() {
        for bytes: [UInt8] in [
            [], [0xff], [0x08, 0x02], [0x08, 0x01, 0x1a, 0x03, 1, 2, 3], Array(repeating: 0x22, count: 50),
        ] {
            let error = #expect(throws: RelayError.self) { try RelayCursor(encoded: bytes) }
            #expect(error?.code == .position)
        }
    }

    @Test func `remembers the records that may come again, within a bound`() {
        var cursor = RelayCursor()
        for index in 0..<200_000 { hear(&cursor, "n1", Int64(index / 50_000), at: 10, hash: UInt64(index)) }
        #expect((15_000...17_000).contains(cursor.hashes.count))
        #expect(cursor.hashes.last == 199_999)
        #expect(cursor.forgotten > .min)
        // Old records go without being too many.
        var slow = RelayCursor()
        for index in 0..<10_000 { hear(&slow, "n1", Int64(index / 100), at: Int64(index / 100), hash: UInt64(index)) }
        #expect(slow.hashes.count < 3000)
        #expect(slow.forgotten == .min)
    }

    @Test func `times at the ends of what a number holds are no crash`() {
        for time in [Int64.min, -1, 0, .max] {
            for arrival in [Int64.min, 0, .max] {
                var cursor = RelayCursor()
                let moment = Timestamp(nanoseconds: time)
                for index in 0..<1100 { cursor.add(UInt64(index), time: moment, arrival: arrival) }
                [UInt8(1)].withUnsafeBytes { cursor.hear($0, time: moment, arrival: arrival) }
                _ = cursor.begin(at: 0)
                #expect((cursor.since?.rawValue ?? 0) >= 0)
            }
        }
    }

    @Test func `nodes are bounded`() {
        var cursor = RelayCursor()
        for index in 0..<10_000 { hear(&cursor, "node-\(index)", 100, at: 101) }
        #expect(cursor.nodes.count == 4096)
    }
}

@Suite struct RecentRecordsTests {
    @Test func `knows the last records again, within a bound`() {
        var records = RecentRecords(remembering: 100, [1, 2])
        var isNew: [Bool] = []
        for hash in [1] + Array(UInt64(10)..<300) + Array(UInt64(220)..<300) + [1] {
            isNew.append(records.insert(hash))
        }
        // The first one is known from before, the second series from the first; 290 later the first one is forgotten.
        #expect(isNew == [false] + Array(repeating: true, count: 290) + Array(repeating: false, count: 80) + [true])
    }
}

@Suite struct BackOffTests {
    private func error(_ code: RelayError.Code) -> RelayError { RelayError(code: code, message: "", hint: "") }

    @Test func `waits grow at random up to a bound, and begin anew after a stream that worked`() {
        var generator = SeededGenerator(seed: 1)
        var backOff = BackOff(options: RelayOptions())
        let waits = (0..<2000).map { _ in
            backOff.wait(after: error(.unavailable), hasWorked: false, using: &generator)
        }
        for (attempt, wait) in waits.enumerated() {
            #expect(wait >= .milliseconds(100))
            #expect(wait <= .seconds(min(60, 1 << min(attempt, 10))))
        }
        // Full jitter: from next to nothing to the bound.
        #expect(waits.max() ?? .zero > .seconds(55))
        #expect(waits.dropFirst(10).min() ?? .zero < .seconds(5))
        #expect(backOff.wait(after: error(.unavailable), hasWorked: true, using: &generator) <= .seconds(1))
        #expect(backOff.wait(after: error(.unavailable), hasWorked: false, using: &generator) <= .seconds(2))
    }

    @Test func `what only a person can change is tried seldom`() {
        var generator = SeededGenerator(seed: 2)
        var backOff = BackOff(options: RelayOptions())
        for _ in 0..<100 {
            let wait = backOff.wait(after: error(.refused), hasWorked: false, using: &generator)
            #expect((.seconds(150)...(.seconds(300))).contains(wait))
        }
    }
}

@Suite struct RelayTargetTests {
    @Test(arguments: [
        ("relay", "http://relay:80/observer.Observer/GetFlows", "https://relay:443/observer.Observer/GetFlows"),
        (
            "relay.kube-system:4245", "http://relay.kube-system:4245/observer.Observer/GetFlows",
            "https://relay.kube-system:4245/observer.Observer/GetFlows"
        ),
        ("[::1]:4245", "http://[::1]:4245/observer.Observer/GetFlows", "https://[::1]:4245/observer.Observer/GetFlows"),
    ])
    func `reads addresses, with the port of Relay's Service`(address: String, plain: String, secure: String) throws {
        #expect(try RelayTarget(address: address).url == plain)
        #expect(try RelayTarget(address: address, tls: .init()).url == secure)
    }

    @Test(arguments: ["", "a b", "a/b", "a:99999", "user@host", "a?b", "http://a", "a#b"])
    func `refuses what is no address`(address: String) {
        let error = #expect(throws: RelayError.self) { try RelayTarget(address: address) }
        #expect(error?.code == .configuration)
    }

    @Test func `another name is asked for than is connected to`() throws {
        let tls = RelayTarget.TLS(caFile: "ca", serverName: "ui.hubble-relay.cilium.io")
        let target = try RelayTarget(address: "10.0.0.1:443", tls: tls)
        let policy = target.policy(silence: .seconds(1), connectTimeout: .seconds(1))
        #expect(policy.connectTo == "10.0.0.1:443")
        #expect(target.url.hasPrefix("https://ui.hubble-relay.cilium.io:443/"))
        #expect(policy.totalTimeout == nil)
        #expect(throws: RelayError.self) { try RelayTarget(address: "a", tls: .init(serverName: "*.cilium.io")) }
    }
}
