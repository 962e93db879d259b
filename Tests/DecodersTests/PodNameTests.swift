import Decoders
import Testing

@Suite struct PodNameTests {
    @Test(arguments: [
        // Deployment: today's hashes, old decimal ones, and both alphabets.
        ("web-7d9c8b6f5-x7k2p", "web"), ("web-frontend-7d9c8b6f5-bcdfg", "web-frontend"),
        ("agent-46-96471ca40-f98dc", "agent-46"), ("web-4292349571-x7k2p", "web"), ("api-g4hk9g8k5d-24567", "api"),
        ("gatekeeper-audit-7fd7bc5d97-x9x8b", "gatekeeper-audit"),
        // DaemonSet and Job.
        ("node-exporter-x7k2p", "node-exporter"), ("web-frontend-x7k2p", "web-frontend"),
        ("agent-46-f98dc", "agent-46"),
        ("db-backend2-x7k2p", "db-backend2"), ("app-v2backend-x7k2p", "app-v2backend"),
        ("the-facade-x7k2p", "the-facade"),
        ("app-1234567-x7k2p", "app-1234567"), ("app-12345678901-x7k2p", "app-12345678901"),
        // CronJob and StatefulSet.
        ("report-29384610-x7k2p", "report"), ("db-0", "db"), ("data-web-12", "data-web"), ("x-y-10000", "x-y"),
        // Nothing was generated.
        ("web-frontend", "web-frontend"), ("web", "web"), ("my-redis", "my-redis"),
        ("release-20240101", "release-20240101"),
        ("db-01", "db-01"), ("-x7k2p", "-x7k2p"), ("x7k2p", "x7k2p"), ("web-", "web-"), ("", ""), ("-", "-"),
        ("7", "7"),
        ("-0", "-0"), ("web-x7k2P", "web-x7k2P"), ("web-x7k2pé", "web-x7k2pé"),
    ])
    func `an owner is what stands before the generated end`(name: String, stem: String) {
        #expect(PodName.ownerStem(name) == stem)
    }

    @Test(arguments: [
        // The ReplicaSet's name fills what there is, ends in its hash, or loses its end.
        (String(repeating: "w", count: 58), "", String(repeating: "w", count: 58)),
        (String(repeating: "w", count: 52), "-7d9c8", String(repeating: "w", count: 52)),
        (String(repeating: "w", count: 48), "-7d9c8b6f5", String(repeating: "w", count: 48)),
        (String(repeating: "w", count: 48), "-frontends", String(repeating: "w", count: 48) + "-frontends"),
    ])
    func `a name of full length has its random end without a dash`(workload: String, hash: String, stem: String) {
        let name = workload + hash + "x7k2p"
        #expect(name.utf8.count == 63)
        #expect(PodName.ownerStem(name) == stem)
        #expect(PodName.ownerStem(String(name.dropLast())) == String(name.dropLast()))
    }
}
