import Domain
import GRDB
import Testing

@testable import Store

struct StoreMergeTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `gives the same content for any order and any split of the same rows`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let whole = ObservationBatch.random(rows: 300, using: &generator)
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(whole)
        let expected = try store.dump()

        for (round, parts) in [1, 2, 7, 40].enumerated() {
            let other = try Store(path: folder.file("other-\(round).db"))
            for part in whole.shuffled(into: parts, using: &generator) { try other.merge(part) }
            #expect(try other.dump() == expected)
        }
    }

    @Test func `adds up to what facts merged in memory give`() throws {
        var generator = SeededGenerator(seed: 11)
        var batch = ObservationBatch.random(rows: 500, using: &generator)
        for row in batch.connections.indices where batch.connections[row].fact.sample.isEmpty {
            batch.connections[row].fact.sample = "d"
        }
        var expected: [ConnectionEdge: ConnectionFact] = [:]
        for (edge, fact) in batch.connections where edge.cluster == Sample.cluster {
            var merged = expected[edge] ?? fact
            if expected[edge] != nil { merged.merge(fact) }
            expected[edge] = merged
        }

        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(batch)
        let rows = try store.connections(cluster: Sample.cluster)
        #expect(rows.count == expected.count)
        for (edge, fact) in rows { #expect(expected[edge] == fact) }
    }

    @Test func `keeps the smallest callers of a fact, in any order, and knows that there were more`() throws {
        let subject = Subject(userName: "system:serviceaccount:shop:api")
        let edge = Sample.access("web", subject: subject)
        let names = (0..<100).map { "caller-\(1000 + $0)" }
        let time = Sample.time(day: 20_000)
        for order in [names, names.reversed()] {
            let folder = try TemporaryFolder()
            let store = try Store(path: folder.file())
            for start in stride(from: 0, to: 100, by: 20) {
                var batch = ObservationBatch()
                let callers = CallerSet(order[start..<start + 20])
                batch.accesses = [(edge, Sample.accessFact(time, callers: callers))]
                try store.merge(batch)
                let known = try #require(try store.accesses(cluster: Sample.cluster).first?.fact.callers)
                #expect(known == CallerSet(order[..<(start + 20)]))
            }
        }
    }

    @Test func `forgets callers with their fact`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let edge = Sample.access("web", subject: Subject(userName: "system:serviceaccount:shop:api"))
        var batch = ObservationBatch()
        batch.accesses = [(20_000, "old"), (20_200, "new")].map { day, caller in
            (edge, Sample.accessFact(Sample.time(day: day), callers: CallerSet([caller])))
        }
        try store.merge(batch)
        #expect(try store.accesses(cluster: Sample.cluster).map(\.fact.callers.names) == [["new", "old"]])
        try store.pool.write { try $0.execute(sql: "DELETE FROM access_fact WHERE period = 312") }
        #expect(try store.accesses(cluster: Sample.cluster).map(\.fact.callers.names) == [["new"]])
        try store.pool.write { try $0.execute(sql: "DELETE FROM access_edge") }
        let left = try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM access_caller") }
        #expect(left == 0)
    }

    @Test func `returns what was merged, over all periods`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let edge = Sample.edge(Sample.pod(1), ObservedPeer(.world, address: IPAddress("2001:db8::1")))
        let days: [Int32] = [20_000, 20_063, 20_064, 20_200]
        for day in days.reversed() {
            var batch = ObservationBatch()
            batch.connections = [(edge, Sample.fact(Sample.time(day: day), count: 2, sample: "day \(day)"))]
            try store.merge(batch)
        }
        let rows = try store.connections(cluster: Sample.cluster)
        #expect(rows.map(\.edge) == [edge])
        let fact = try #require(rows.first?.fact)
        #expect(fact.days.days == days)
        #expect((fact.count, fact.answers) == (8, 4))
        #expect((fact.first, fact.last) == (Sample.time(day: 20_000), Sample.time(day: 20_200)))
        #expect(fact.sample == "day 20000")
        #expect(try store.newestObservation(cluster: Sample.cluster) == Sample.time(day: 20_200))
    }

    @Test func `keeps clusters in one file apart`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let other = ClusterName("staging")
        try store.merge(Sample.batch(edges: 10))
        let alone = try store.dump()
        var batch = Sample.batch(edges: 12, day: 20_001, cluster: other)
        batch.coverage = [SourceCoverage(cluster: other, source: .hubble, day: 20_001, records: 1, lost: 0)]
        try store.merge(batch)
        try store.replaceObjects([], cluster: Sample.cluster, kinds: ["core/Pod"])

        #expect(try store.clusters() == [Sample.cluster, other])
        #expect(try store.connections(cluster: Sample.cluster).count == 10)
        #expect(try store.connections(cluster: other).count == 12)
        #expect(try store.connections(cluster: other).allSatisfy { $0.edge.cluster == other })
        #expect(try store.newestObservation(cluster: Sample.cluster)?.day == 20_000)
        #expect(try store.coverage(cluster: Sample.cluster).isEmpty)
        #expect(try store.dump().filter { $0.hasPrefix("prod") } == alone.filter { $0.hasPrefix("prod") })
        #expect(try store.connections(cluster: ClusterName("nowhere")).isEmpty)
        #expect(try store.newestObservation(cluster: ClusterName("nowhere")) == nil)
    }

    @Test func `lets two stores write to one file in turn`() throws {
        var generator = SeededGenerator(seed: 5)
        let whole = ObservationBatch.random(rows: 200, using: &generator)
        let folder = try TemporaryFolder()
        let stores = [try Store(path: folder.file()), try Store(path: folder.file())]
        for (turn, part) in whole.shuffled(into: 20, using: &generator).enumerated() {
            try stores[turn % 2].merge(part)
        }
        let alone = try Store(path: folder.file("alone.db"))
        try alone.merge(whole)
        #expect(try stores[0].dump() == alone.dump())
        #expect(try stores[1].dump() == alone.dump())
    }

    @Test(
        arguments: [
            ("several periods", [20_000, 20_064], 20_000, 20_064), ("no day", [], 20_000, 20_000),
            ("another period's first", [20_064], 20_000, 20_064), ("another period's last", [20_000], 20_000, 20_064),
            ("an end before its start", [20_001], 20_001, 20_000),
        ] as [(String, [Int32], Int32, Int32)])
    func `refuses a fact of`(name: String, days: [Int32], first: Int32, last: Int32) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        var fact = Sample.fact(Sample.time(day: first))
        fact.last = Sample.time(day: last)
        fact.days = DaySet()
        for day in days { fact.days.formUnion(DaySet(day: day)) }
        var batch = Sample.batch(edges: 3)
        batch.connections.append((Sample.edge(Sample.pod(500), Sample.pod(501)), fact))
        let error = #expect(throws: StoreError.self) { try store.merge(batch) }
        #expect(error?.code == .invalidObservation)
        #expect(try store.connections(cluster: Sample.cluster).isEmpty)
        // The rolled-back peers and edges are not remembered.
        batch.connections.removeLast()
        try store.merge(batch)
        #expect(try store.connections(cluster: Sample.cluster).count == 3)
        try store.integrityCheck()
    }

    @Test func `stops counting instead of overflowing`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let edge = Sample.edge(Sample.pod(1), Sample.pod(2))
        var batch = ObservationBatch()
        batch.connections = [(edge, Sample.fact(Sample.time(day: 20_000), count: .max))]
        batch.coverage = [
            SourceCoverage(cluster: Sample.cluster, source: .hubble, day: 20_000, records: 1, lost: .max)
        ]
        try store.merge(batch)
        try store.merge(batch)
        #expect(try store.connections(cluster: Sample.cluster).first?.fact.count == 1 << 50)
        #expect(try store.coverage(cluster: Sample.cluster).first?.lost == 1 << 50)
    }

    @Test(arguments: ["nul\0inside", "quote\"back\\slash", "line\nbreak\u{1}", "ünïcödé 🦔", "'; DROP TABLE peer; --"])
    func `keeps hostile text byte for byte`(text: String) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let peer = ObservedPeer(
            pod: text, namespace: Namespace(text), workloadKind: text, workloadName: text,
            labels: [text: text, "plain": "value"], remoteCluster: text)
        var batch = ObservationBatch()
        batch.connections = [(Sample.edge(peer, peer), Sample.fact(Sample.time(day: 20_000), sample: text))]
        let subject = Subject(kind: .user, name: text)
        batch.accesses = [(Sample.access(text, subject: subject), Sample.accessFact(Sample.time(day: 20_000)))]
        batch.memberships = [
            GroupMembership(cluster: Sample.cluster, subject: subject, group: text, last: Sample.time(day: 20_000))
        ]
        try store.merge(batch)

        let row = try #require(try store.connections(cluster: Sample.cluster).first)
        #expect(row.edge.source == peer)
        #expect(Array(row.edge.source.podName.utf8) == Array(text.utf8))
        #expect(Array(row.fact.sample.utf8) == Array(text.utf8))
        #expect(try store.accesses(cluster: Sample.cluster).map(\.edge) == batch.accesses.map(\.edge))
        #expect(try store.memberships(cluster: Sample.cluster) == [subject: [ExactText(text)]])
    }

    @Test func `keeps apart what differs in bytes alone`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let names = ["jos\u{e9}", "jose\u{301}"]
        let subjects = names.map { Subject(kind: .user, name: $0) }
        let time = Sample.time(day: 20_000)
        var batch = ObservationBatch()
        for (subject, name) in zip(subjects, names) {
            for reason in names {
                batch.accesses.append(
                    (
                        AccessEdge(
                            cluster: Sample.cluster, subject: subject,
                            action: AccessAction(verb: "get", apiGroup: "", resource: "configmaps", name: name),
                            decision: .allowed, reason: reason), Sample.accessFact(time)
                    ))
            }
            batch.memberships += names.map {
                GroupMembership(cluster: Sample.cluster, subject: subject, group: $0, last: time)
            }
        }
        try store.merge(batch)
        let rows = try store.accesses(cluster: Sample.cluster)
        #expect(rows.count == 4)
        #expect(Set(rows.map(\.edge)) == Set(batch.accesses.map(\.edge)))
        let groups = Set(names.map { ExactText($0) })
        #expect(try store.memberships(cluster: Sample.cluster) == [subjects[0]: groups, subjects[1]: groups])
    }

    @Test func `keeps accesses apart by decision, reason and path`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let subject = Subject(userName: "system:serviceaccount:shop:web")
        let time = Sample.time(day: 20_000)
        var edges = [AccessEdge.Decision.allowed, .allowedByStatus, .denied].map {
            Sample.access("web", subject: subject, decision: $0)
        }
        edges.append(Sample.access("other", subject: subject))
        edges.append(
            AccessEdge(
                cluster: Sample.cluster, subject: subject, action: AccessAction(verb: "get", path: "/metrics"),
                decision: .allowed, reason: ""))
        var batch = ObservationBatch()
        batch.accesses = edges.map { ($0, Sample.accessFact(time)) }
        try store.merge(batch)
        try store.merge(batch)
        let rows = try store.accesses(cluster: Sample.cluster)
        #expect(Set(rows.map(\.edge)) == Set(edges))
        #expect(rows.allSatisfy { ($0.fact.count, $0.fact.dryRuns, $0.fact.days.days) == (4, 2, [20_000]) })
    }
}
