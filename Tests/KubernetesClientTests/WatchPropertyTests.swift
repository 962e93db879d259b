import Domain
import Engine
import Inventory
import Testing

@testable import KubernetesClient

/// Any sequence of changes and faults ends with the store as a dump would have filled it.
@Suite struct WatchPropertyTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8]) func `ends with the server's truth`(seed: Int) async throws {
        let cluster = try ScriptedCluster()
        let disk = try TestStore()
        try cluster.control(["churn", seed, 60])
        var options = RunningWatch.options
        options.pageSize = 3
        options.longestWait = .milliseconds(5)
        try cluster.control(["chaos", seed, 0.4])
        var watch = RunningWatch(cluster.access(), store: disk.store, options: options)
        for round in 0..<12 {
            try cluster.control(["churn", seed * 100 + round, 10])
            try await Task.sleep(for: .milliseconds(15))
            if round % 3 == 1 { try cluster.control(["drop", round % 2 == 0], ["churn", seed * 999 + round, 5]) }
            if round % 4 == 3 { try cluster.control(["compact"], ["drop", false]) }
            if round % 5 == 4 {
                // A restart, with changes while nobody watches.
                try await watch.stop()
                try cluster.control(["churn", seed * 7 + round, 10], ["compact"])
                watch = RunningWatch(cluster.access(), store: disk.store, options: options)
            }
        }
        try cluster.control(["chaos", 0, 0])
        try await watch.expectTruth(cluster)
        try await watch.stop()
    }
}
