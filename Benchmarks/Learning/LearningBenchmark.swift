import Domain
import Engine
import Foundation
import NetworkLearner
import RBACLearner
import Store

/// Times learning alone: `learning-benchmark DATABASE CLUSTER` prints one line of names and numbers.
///
/// No command of the program stops after learning, and the modules are open to this package only, hence this program; it is
/// no product of the package.
@main
struct LearningBenchmark {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            FileHandle.standardError.write(Data("usage: learning-benchmark DATABASE CLUSTER\n".utf8))
            exit(64)
        }
        let store = try Store.readOnly(path: CommandLine.arguments[1])
        let cluster = ClusterName(CommandLine.arguments[2])
        let options = LearningOptions(network: .init(), access: .init(), maturity: .init())
        let before = processorTime
        let job = try seconds { try LearningJob(store: store, cluster: cluster, options: options).run() }
        let processor = processorTime - before
        // Before the store is read once more: that is no part of learning.
        let peak = peakMebibytes
        let reading = try seconds { try Self.read(store, cluster) }
        let network = job.result.network
        print(
            """
            learned=\(network.learned.count) held=\(network.heldBack.count) policies=\(network.policies.count) \
            reading=\(rounded(reading.time)) job=\(rounded(job.time)) processor=\(rounded(processor)) \
            peak=\(peak)
            """)
    }

    /// What the job reads before it can learn, for its share of the job; returns how many edges there are.
    private static func read(_ store: Store, _ cluster: ClusterName) throws -> Int {
        _ = try store.objects(cluster: cluster)
        _ = try store.addressSightings(cluster: cluster)
        _ = try store.nameSightings(cluster: cluster)
        return try store.connectionTable(cluster: cluster).rows.count
    }

    private static func seconds<Result>(_ work: () throws -> Result) rethrows -> (result: Result, time: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try work()
        return (result, (clock.now - start) / .seconds(1))
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

    /// What the process used so far, on all cores: where it is much less than the time that passed, others were in the way.
    private static var processorTime: Double {
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
    }

    /// The most memory that the process ever had. Linux counts `ru_maxrss` in KiB (getrusage(2)).
    private static var peakMebibytes: Int { usage.ru_maxrss / 1024 }

    private static var usage: rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage
    }
}
