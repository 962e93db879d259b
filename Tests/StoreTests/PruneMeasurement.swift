import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

/// How long steps of pruning take in a store of a million facts, and merges beside them: minutes, so only when asked for.
@Suite(
    .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["LEASTWISE_MEASURE"] != nil, "LEASTWISE_MEASURE is not set"))
struct PruneMeasurement {
    private final class Times: Sendable {
        let isPruning = Atomic(true)
        let steps = Mutex<[(seconds: Double, rows: Int)]>([])
        let merges = Mutex<[Double]>([])
    }

    /// Edges between 20,000 peers, in the order in which a first large batch would have written them; every other one is old.
    private static let fill = """
        INSERT INTO cluster VALUES (1, 'prod');
        INSERT INTO cluster_clock VALUES (1, 1737000000000000000);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO peer SELECT i, 1, 0, '', 'ns-' || (i % 100), 'Deployment', 'workload-' || i, '',
            '{"app":"workload-' || i || '","team":"blue"}', '' FROM n;
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
        INSERT INTO connection_edge SELECT i + 1, 1, i / 50 + 1, (i * 7919) % 20000 + 1, 6, 1024 + i % 50, 0 FROM n;
        INSERT INTO connection_fact SELECT id, 312, 1, 0, 1, 0, t, t, 1, 1, 'a sample of a record', 0
            FROM (SELECT id, 1725200000000000000 + (id % 2) * 3600000000000 AS t FROM connection_edge);
        """

    @Test(arguments: [100, 1_000, 10_000]) func `prunes half of a million facts beside merges`(limit: Int) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.pool.write { try $0.execute(sql: Self.fill) }
        try store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let times = Times()
        let clock = ContinuousClock()
        let prune: @Sendable () throws -> Void = {
            defer { times.isPruning.store(false, ordering: .relaxed) }
            let end = clock.now + .seconds(60)
            while clock.now < end {
                let start = clock.now
                let step = try store.prune(
                    cluster: Sample.cluster, before: Timestamp(rawValue: 1_725_201_000_000_000_000), limit: limit)
                times.steps.withLock { $0.append(((clock.now - start) / .seconds(1), step.total)) }
                if step.isDone { break }
                usleep(5_000)
            }
        }
        let merge: @Sendable () throws -> Void = {
            while times.isPruning.load(ordering: .relaxed) {
                let start = clock.now
                try store.merge(Sample.batch(edges: 200, day: 20_100))
                times.merges.withLock { $0.append((clock.now - start) / .seconds(1)) }
                usleep(20_000)
            }
        }
        try onThreads([prune, merge])
        let steps = times.steps.withLock(\.self)
        print("limit \(limit): \(steps.count) steps, \(steps.reduce(0) { $0 + $1.rows }) rows")
        print("step", Self.quantiles(steps.map(\.seconds)), "merge", Self.quantiles(times.merges.withLock(\.self)))
        #expect(steps.map(\.rows).max()! <= limit)
    }

    private static func quantiles(_ seconds: [Double]) -> String {
        let sorted = seconds.sorted()
        func quantile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : (sorted[Int(Double(sorted.count - 1) * share)] * 10_000).rounded() / 10
        }
        return "p50 \(quantile(0.5)) ms, p99 \(quantile(0.99)) ms, max \(quantile(1)) ms"
    }
}
