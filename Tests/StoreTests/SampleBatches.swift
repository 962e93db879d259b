import Domain

/// A small reproducible generator (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Invented observations.
enum Sample {
    static let cluster = ClusterName("prod")

    /// The first moment of a day since 1970-01-01, and some seconds.
    static func time(day: Int32, second: Int64 = 0) -> Timestamp { Timestamp(seconds: Int64(day) * 86400 + second) }

    static func pod(_ number: Int, namespace: String = "shop") -> ObservedPeer {
        ObservedPeer(
            pod: "", namespace: Namespace(namespace), workloadKind: "Deployment", workloadName: "workload-\(number)",
            labels: ["app": "workload-\(number)", "team": "blue"], remoteCluster: "")
    }

    static func edge(
        _ source: ObservedPeer, _ destination: ObservedPeer, port: UInt16 = 8080, cluster: ClusterName = cluster
    ) -> ConnectionEdge {
        ConnectionEdge(
            cluster: cluster, source: source, destination: destination, protocol: .tcp, port: Port(port),
            direction: .known)
    }

    static func fact(_ time: Timestamp, count: Int64 = 1, sample: String = "sample") -> ConnectionFact {
        ConnectionFact(
            count: count, attempts: 0, answers: 1, refusals: 0, first: time, last: time, days: DaySet(day: time.day),
            sources: .hubble, sample: sample)
    }

    static func access(_ name: String, subject: Subject, decision: AccessEdge.Decision = .allowed) -> AccessEdge {
        AccessEdge(
            cluster: cluster, subject: subject,
            action: AccessAction(
                verb: "get", apiGroup: "apps", resource: "deployments", subresource: "scale",
                namespace: Namespace("shop"), name: name),
            decision: decision, reason: "RBAC: allowed by \(name)")
    }

    static func accessFact(
        _ time: Timestamp, sample: String = "kubectl", callers: CallerSet = CallerSet()
    ) -> AccessFact {
        AccessFact(
            count: 2, dryRuns: 1, first: time, last: time, days: DaySet(day: time.day), sources: .audit, sample: sample,
            callers: callers)
    }

    /// A batch of that many distinct edges on one day.
    static func batch(edges: Int, day: Int32 = 20_000, cluster: ClusterName = cluster) -> ObservationBatch {
        var batch = ObservationBatch()
        for number in 0..<edges {
            let edge = edge(pod(number % 97), pod(number / 97), port: 443, cluster: cluster)
            batch.connections.append((edge, fact(time(day: day, second: Int64(number % 86400)))))
        }
        return batch
    }
}

extension ObservationBatch {
    /// Random rows over few keys, so that most of them have to be merged.
    static func random(rows: Int, using generator: inout SeededGenerator) -> ObservationBatch {
        var batch = ObservationBatch()
        for _ in 0..<rows { batch.appendRandomRow(using: &generator) }
        return batch
    }

    private mutating func appendRandomRow(using generator: inout SeededGenerator) {
        func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
        let cluster = ClusterName(["prod", "staging"][number(0..<2)])
        let first = Sample.time(day: Int32(number(19_990..<20_200)), second: Int64(number(0..<4)))
        let address = IPAddress(ipv4: 0x0a00_0000 + UInt32(number(0..<4)))
        let peers = [
            Sample.pod(number(0..<4)), ObservedPeer(.world, address: address), ObservedPeer(.host, address: nil),
        ]
        let subject = Subject(userName: ["alice", "system:serviceaccount:shop:web"][number(0..<2)])
        let text = ["", "a", "b", "c"][number(0..<4)]
        connections.append(
            (
                Sample.edge(peers[number(0..<3)], peers[number(0..<3)], cluster: cluster),
                ConnectionFact(
                    count: Int64(number(0..<5)), attempts: 1, answers: Int64(number(0..<2)), refusals: 0, first: first,
                    last: Timestamp(rawValue: first.rawValue + Int64(number(0..<5))), days: DaySet(day: first.day),
                    hours: HourSet(rawValue: 1 << UInt32(number(0..<25))), sources: [.hubble, .audit][number(0..<2)],
                    sample: text)
            ))
        let access = Sample.access("web-\(number(0..<3))", subject: subject)
        let callers = CallerSet((0..<number(0..<20)).map { _ in "caller-\(number(0..<100))" })
        accesses.append((access, Sample.accessFact(first, sample: text, callers: callers)))
        addresses.append(
            AddressSighting(
                cluster: cluster, address: address, peer: peers[0], podName: "web-\(number(0..<2))", first: first,
                last: first))
        names.append(
            NameSighting(cluster: cluster, address: address, name: "example.org", first: first, last: first))
        memberships.append(
            GroupMembership(cluster: cluster, subject: subject, group: "team-\(number(0..<2))", last: first))
        coverage.append(
            SourceCoverage(cluster: cluster, source: .hubble, day: first.day, records: 10, lost: Int64(number(0..<2))))
    }

    /// The same rows in another order, cut into several batches.
    func shuffled(into parts: Int, using generator: inout SeededGenerator) -> [ObservationBatch] {
        var batches = [ObservationBatch](repeating: ObservationBatch(), count: parts)
        func deal<Row>(_ rows: [Row], _ path: WritableKeyPath<ObservationBatch, [Row]>) {
            for row in rows.shuffled(using: &generator) {
                batches[Int.random(in: 0..<parts, using: &generator)][keyPath: path].append(row)
            }
        }
        deal(connections, \.connections)
        deal(accesses, \.accesses)
        deal(addresses, \.addresses)
        deal(names, \.names)
        deal(memberships, \.memberships)
        deal(coverage, \.coverage)
        return batches
    }
}
