import Decoders
import Domain
import Ingest
import Testing

@Suite struct IngestSessionTests {
    private static func lines(_ source: IngestSource) throws -> [String] {
        try Fixtures.own(source == .hubble ? "hubble/corner-cases.ndjson" : "audit/audit.log").split(separator: "\n")
            .map(String.init)
    }

    @Test(arguments: IngestSource.allCases) func `the order of the records does not matter`(source: IngestSource) throws
    {
        var random = SeededGenerator(seed: 7)
        let lines = try Self.lines(source)
        let expected = try ingest(source, lines.joined(separator: "\n")).result
        for _ in 0..<10 {
            let shuffled = lines.shuffled(using: &random)
            #expect(try ingest(source, shuffled.joined(separator: "\n")).result == expected)
        }
    }

    @Test(arguments: IngestSource.allCases) func `splitting the input does not matter`(source: IngestSource) throws {
        let lines = try Self.lines(source)
        let whole = try ingest(source, lines.joined(separator: "\n")).result
        var merged = IngestResult()
        let session = IngestSession(source: source, cluster: ClusterName("test")) { merged.merge($0) }
        for part in [lines.prefix(13), lines.dropFirst(13)] {
            session.begin(file: "part")
            try Array(part.joined(separator: "\n").utf8).withUnsafeBytes { try session.append($0) }
            try session.end()
            try session.flush()
        }
        #expect(merged == whole)
    }

    @Test(arguments: IngestSource.allCases) func `small bounds flush often and change nothing`(source: IngestSource)
        throws
    {
        let text = try Self.lines(source).joined(separator: "\n")
        let expected = try ingest(source, text).result
        var options = IngestOptions()
        options.tableBytes = 2000
        options.edgesPerFlush = 3
        options.rowsPerBatch = 2
        #expect(try ingest(source, text, options: options).result == expected)
    }

    @Test func `batches are no larger than their bound`() throws {
        var options = IngestOptions()
        options.rowsPerBatch = 5
        var largest = 0
        let session = IngestSession(source: .hubble, cluster: ClusterName("c"), options: options) {
            largest = max(largest, $0.connections.count + $0.addresses.count + $0.names.count + $0.coverage.count)
        }
        try Array(Fixtures.own("hubble/corner-cases.ndjson").utf8).withUnsafeBytes { try session.append($0) }
        try session.end()
        try session.flush()
        #expect(largest == 5)
        #expect(session.summary.edges == 26)
    }

    @Test func `workloads that share an account are callers of one edge, whatever the order and the bounds`() throws {
        let pods = (0..<90).flatMap { ["w\(100 + $0)-7d9c8b6f5-x7k2p", "w\(100 + $0)-7d9c8b6f5-bcdfg"] } + [""]
        let lines = pods.enumerated().map { number, pod in
            let extra = pod.isEmpty ? "" : #","extra":{"authentication.kubernetes.io/pod-name":["\#(pod)"]}"#
            return #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a\#(number)","verb":"list","#
                + #""user":{"username":"system:serviceaccount:shop:api"\#(extra)},"#
                + #""objectRef":{"resource":"pods","namespace":"\#(number % 2 == 0 ? "shop" : "till")"},"#
                + #""responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-01T00:00:00Z"}"#
        }
        var random = SeededGenerator(seed: 5)
        var small = IngestOptions()
        small.edgesPerFlush = 3
        small.tableBytes = 4000
        for options in [IngestOptions(), small] {
            let text = (lines + lines).shuffled(using: &random).joined(separator: "\n")
            let result = try ingest(.audit, text, options: options).result
            #expect(result.accesses.count == 2)
            #expect(result.accesses.values.map(\.count).sorted() == [180, 182])
            for fact in result.accesses.values {
                #expect(fact.callers == CallerSet((100..<190).map { "w\($0)" }))
                #expect(fact.callers.isCut)
            }
        }
    }

    @Test func `facts add up`() throws {
        let result = try ingest(.hubble, Self.lines(.hubble).joined(separator: "\n")).result
        let facts = result.connections.filter { $0.key.port == Port(8080) && $0.key.destination.workloadName == "api" }
        let web = facts.first { $0.key.source.workloadName == "web" && $0.key.destination.remoteCluster == "prod" }?
            .value
        #expect(web?.count == 3)
        #expect(web?.attempts == 3)
        #expect(web?.answers == 2)
        #expect(web?.refusals == 0)
        #expect(web?.first == Timestamp("2026-11-01T00:00:01.000000001Z"))
        #expect(web?.last == Timestamp("2026-11-01T00:00:25.000000001Z"))
        #expect(web?.days.days == [20758])
        #expect(web?.hours == HourSet(rawValue: 1))
        #expect(web?.sources == .hubble)
        #expect(result.coverage == [20758: [38, 12]])
    }

    @Test func `an edge keeps the hours of the day in which it was seen, each record's own`() throws {
        let line = try Self.lines(.hubble)[0]
        let text = [line, line.replacing("01T00:", with: "02T13:"), line.replacing("01T00:", with: "01T23:")]
        let facts = try ingest(.hubble, text.joined(separator: "\n")).result.connections.values
        #expect(facts.map(\.hours) == [HourSet(rawValue: 1 | 1 << 13 | 1 << 23)])
    }

    @Test func `an edge seen in two periods makes two rows that merge to one`() throws {
        let line = try Self.lines(.hubble)[0]
        let later = line.replacing("2026-11-01", with: "2027-03-01")
        var rows: [(edge: ConnectionEdge, fact: ConnectionFact)] = []
        let session = IngestSession(source: .hubble, cluster: ClusterName("c")) { rows += $0.connections }
        try Array([line, later, line].joined(separator: "\n").utf8).withUnsafeBytes { try session.append($0) }
        try session.end()
        try session.flush()
        #expect(rows.map(\.fact.count) == [2, 1])
        #expect(rows[0].edge == rows[1].edge)
        #expect(rows.map(\.fact.days.periods.count) == [1, 1])
    }

    @Test func `diagnostics are kept up to a bound and counted beyond`() throws {
        var options = IngestOptions()
        options.diagnosticsKept = 3
        let summary = try ingest(.hubble, String(repeating: "{\u{1b}[31mjunk\n", count: 10), options: options).summary
        #expect(summary.rejected.total == 10)
        #expect(summary.diagnostics.count == 3)
        #expect(
            summary.diagnostics[2] == Diagnostic(kind: .notJSON, file: "input", line: 3, excerpt: "{\\u{1b}[31mjunk"))
    }

    @Test func `what the receiver throws ends the call`() throws {
        struct Refused: Error {}
        let session = IngestSession(source: .hubble, cluster: ClusterName("c")) { _ in throw Refused() }
        try Array(Self.lines(.hubble)[0].utf8).withUnsafeBytes { try session.append($0) }
        try session.end()
        #expect(throws: Refused.self) { try session.flush() }
    }
}
