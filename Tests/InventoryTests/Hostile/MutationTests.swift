import Domain
import Testing

@testable import Inventory

/// Dumps that were changed by chance: never a crash, never a hang, never a wide rule.
@Suite(.serialized, .timeLimit(.minutes(5))) struct MutationTests {
    private static let runs: UInt64 = 120

    @Test(arguments: 0..<UInt64(10))
    func `no change of a token widens what is learned`(block: UInt64) {
        for seed in (block * Self.runs)..<((block + 1) * Self.runs) {
            var mutator = Mutator(seed: seed)
            Self.expectSound(HostileEstate.document(mutator.mutatedItems(Self.items)), seed)
        }
    }

    @Test(arguments: 0..<UInt64(8))
    func `no change of a byte widens what is learned`(block: UInt64) {
        for seed in (block * Self.runs)..<((block + 1) * Self.runs) {
            var mutator = Mutator(seed: seed ^ 0xb1)
            Self.expectSound(mutator.mutatedBytes(HostileEstate.document(Self.items)), seed)
        }
    }

    @Test func `these dumps still lead to policies`() {
        let counts = (0..<UInt64(50)).map { seed in
            var mutator = Mutator(seed: seed)
            let document = HostileEstate.document(mutator.mutatedItems(Self.items))
            return HostileJudge(HostileEstate(document: document), breadth: 2).policies
        }
        #expect(counts.count { $0 > 1 } > 40)
    }

    private static func expectSound(_ document: String, _ seed: UInt64) {
        let faults = HostileJudge(HostileEstate(document: document), breadth: 2).faults
        #expect(faults == [], "seed \(seed)")
    }

    /// The sound objects and one of each further kind that the network's inventory reads.
    private static let items =
        HostileEstate.sound + [
            TestCluster.workload(
                "StatefulSet", "queue", container: #","ports":[{"name":"amqp","containerPort":5672}]"#),
            TestCluster.workload("ReplicaSet", "web-7d9c8b6f5", metadata: TestCluster.owner("Deployment", "web")),
            TestCluster.object(
                "batch/v1", "CronJob", "report",
                #""spec":{"schedule":"0 2 * * *","jobTemplate":{"spec":{"template":{"metadata":{"labels":{"app":"report"}},"#
                    + #""spec":{"containers":[{"name":"c"}]}}}}}"#),
            TestCluster.object(
                "discovery.k8s.io/v1", "EndpointSlice", "db-1",
                metadata: #""labels":{"kubernetes.io/service-name":"db"}"#,
                #""addressType":"IPv4","ports":[{"name":"pg","port":5432}],"endpoints":[{"addresses":["10.244.1.3"]}]"#),
            TestCluster.object(
                "v1", "Service", "db",
                metadata:
                    #""labels":{"team":"db"},"annotations":{"prometheus.io/scrape":"true","prometheus.io/port":"9187"}"#,
                #""spec":{"clusterIP":"10.96.0.13","ports":[{"name":"pg","port":5432,"targetPort":5432}]}"#),
            TestCluster.object(
                "monitoring.coreos.com/v1", "ServiceMonitor", "all",
                #""spec":{"selector":{"matchLabels":{"team":"db"}},"namespaceSelector":{"any":true},"#
                    + #""endpoints":[{"port":"pg"},{"targetPort":5432}]}"#),
            TestCluster.object(
                "monitoring.coreos.com/v1", "PodMonitor", "all",
                #""spec":{"selector":{"matchExpressions":[{"key":"app","operator":"Exists"}]},"#
                    + #""podMetricsEndpoints":[{"port":"http"}]}"#),
            TestCluster.object(
                "networking.k8s.io/v1", "Ingress", "i",
                #""spec":{"rules":[{"http":{"paths":[{"backend":{"service":{"name":"api"}}}]}}]}"#),
            TestCluster.object(
                "networking.k8s.io/v1", "NetworkPolicy", "p",
                #""spec":{"podSelector":{"matchLabels":{"app":"web"}},"ingress":[{"from":[{"podSelector":{}}],"#
                    + #""ports":[{"port":8080,"endPort":8090}]}]}"#),
        ]
}

/// Changes JSON by chance; the same for the same seed.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    private mutating func next(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }

    /// Some objects with a value exchanged, some twice, some gone.
    mutating func mutatedItems(_ items: [String]) -> [String] {
        var items = items
        for _ in 0...next(3) {
            let position = next(items.count)
            switch next(6) {
            case 0: items.append(items[position])
            case 1: items.remove(at: position)
            case 2: items.append(exchanged(items[position]))
            default: items[position] = exchanged(items[position])
            }
        }
        return items
    }

    private static let hostile = [
        "null", "true", "0", "-1", "65536", "8080", "1e9", "99999999999999999999", #""""#, #""web""#, #""api""#,
        #""db""#,
        #""app""#, #""10.244.1.1""#, #""10.96.0.12""#, #""192.168.0.11""#, #""0.0.0.0""#, #""0.0.0.0/0""#, #""::/0""#,
        #""::ffff:10.244.1.1""#, #""10.244.0.0/8""#, #""127.0.0.1""#, #""None""#, #""default""#, #""kube-system""#,
        "[]", "{}",
        "[{}]", "[null]", #"{"app":"web"}"#, #"{"app":""}"#, #"{"matchLabels":{}}"#, #""LoadBalancer""#,
        #""ExternalName""#,
        #""Deployment""#, #""Pod""#, #""\u0000""#, #""é""#, "[[[[[[[[[[]]]]]]]]]]",
        #""1677-09-21T00:12:43.145224192Z""#,
    ]

    /// One string or number in it becomes something else; a member's name may be among them.
    private mutating func exchanged(_ item: String) -> String {
        let tokens = Self.tokens(Array(item.utf8))
        guard !tokens.isEmpty else { return item }
        let token = tokens[next(tokens.count)]
        let bytes = Array(item.utf8)
        let other =
            next(4) == 0 ? Array(bytes[tokens[next(tokens.count)]]) : Array(Self.hostile[next(Self.hostile.count)].utf8)
        return String(decoding: bytes[..<token.lowerBound] + other + bytes[token.upperBound...], as: UTF8.self)
    }

    /// Strings, numbers, and whole arrays and objects.
    private static func tokens(_ bytes: [UInt8]) -> [Range<Int>] {
        bytes.indices.compactMap { start in
            guard "\"[{0123456789".utf8.contains(bytes[start]) else { return nil }
            var scanner = JSONScanner(bytes, in: start..<bytes.count)
            return try? scanner.skipValue()
        }
    }

    /// Bytes changed, doubled or cut out.
    mutating func mutatedBytes(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0...next(4) {
            let start = next(bytes.count)
            let end = min(bytes.count, start + 1 + next(40))
            switch next(4) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: next(bytes.count))
            case 2: bytes[start] = UInt8(truncatingIfNeeded: next(256))
            default: bytes[start] = Array(#"{}[]":,\0"#.utf8)[next(9)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
