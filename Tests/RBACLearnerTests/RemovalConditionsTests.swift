import Domain
import RBACLearner
import Testing

/// When not having seen a use says something.
struct RemovalConditionsTests {
    private static let shop = Namespace("shop")
    private static let created = Samples.start

    /// One request on each of a hundred days.
    private static func edges(days: ClosedRange<Int64> = 0...99) -> [AccessEdge: AccessFact] {
        var fact = Samples.fact(day: days.lowerBound)
        for day in days.dropFirst() { fact.merge(Samples.fact(day: day)) }
        return [Samples.edge(Samples.api, Samples.action("list", "pods", "shop")): fact]
    }

    private static func coverage(_ days: ClosedRange<Int64>) -> SourceDays {
        SourceDays(
            days.map { day in
                SourceCoverage(
                    cluster: Samples.cluster, source: .audit, day: Samples.fact(day: day).first.day, records: 1, lost: 0
                )
            })
    }

    private static func workload(
        _ account: String, created: Timestamp? = Samples.start, schedule: String? = nil
    ) -> Workload {
        Workload(
            id: WorkloadID(cluster: Samples.cluster, namespace: shop, kind: "Deployment", name: account), selector: nil,
            templateLabels: [:], serviceAccount: account, schedule: schedule, created: created)
    }

    private static func obstacles(
        of subject: Subject, edges: [AccessEdge: AccessFact] = edges(), workloads: [Workload] = [workload("other")],
        declared: [Workload] = [], newest: Int64 = 99
    ) -> [String] {
        var inventory = ClusterInventory(cluster: Samples.cluster)
        inventory.workloads = workloads
        inventory.repositoryWorkloads = declared
        let observations = AccessObservations(
            cluster: Samples.cluster, edges: edges, memberships: [:], inventory: inventory,
            newest: Samples.fact(day: newest).first)
        return RemovalConditions(observations, auditDays: coverage(0...99), options: .init())
            .obstacles(of: [subject], created: created)
    }

    private static let idle = Subject(kind: .serviceAccount, namespace: shop, name: "idle")

    @Test func `nothing is in the way of who is known, and of who was never seen`() {
        #expect(Self.obstacles(of: Samples.api) == [])
        #expect(Self.obstacles(of: Self.idle) == [])
    }

    /// Connections go on being recorded, and the audit log is not read any more.
    @Test func `days without audit events are not quiet ones`() {
        var edges = Self.edges()
        edges[Samples.edge(Samples.api, Samples.action("delete", "pods", "shop", "x"))] = Samples.fact(day: 99)
        #expect(Self.obstacles(of: Samples.api, edges: edges, newest: 180) != [])
    }

    @Test func `old records say nothing about now`() {
        #expect(Self.obstacles(of: Samples.api, newest: 101) == [])
        #expect(Self.obstacles(of: Samples.api, newest: 120) != [])
    }

    @Test func `an account whose workload has only come is not one that was never seen`() {
        let young = Self.workload("idle", created: Samples.fact(day: 95).first)
        #expect(Self.obstacles(of: Self.idle, workloads: [young]).count == 1)
        #expect(Self.obstacles(of: Self.idle, workloads: [Self.workload("idle")]) == [])
    }

    @Test func `an account of a workload that the repository has and the cluster has not yet is waited for`() {
        #expect(Self.obstacles(of: Self.idle, declared: [Self.workload("idle", created: nil)]).count == 1)
        #expect(
            Self.obstacles(
                of: Self.idle, workloads: [Self.workload("idle")], declared: [Self.workload("idle", created: nil)])
                == [])
    }

    @Test func `schedules have to be known`() {
        #expect(Self.obstacles(of: Samples.api, workloads: []).count == 1)
        #expect(Self.obstacles(of: Subject(kind: .user, name: "bob"), workloads: []) == [])
    }

    /// What holds for members is found once, and not for each of the places where their group is bound.
    @Test(.timeLimit(.minutes(1)))
    func `a group of many is asked about as cheaply as one of few`() {
        let users = (0..<5_000).map { Subject(kind: .user, name: "u\($0)") }
        let edges = users.map { (Samples.edge($0, Samples.action("list", "pods", "shop")), Samples.fact(day: 99)) }
        let observations = AccessObservations(
            cluster: Samples.cluster, edges: Dictionary(edges) { $1 },
            memberships: Dictionary(users.map { ($0, ["developers"]) }) { $1 },
            inventory: ClusterInventory(cluster: Samples.cluster), newest: Samples.fact(day: 99).first)
        let conditions = RemovalConditions(
            observations, auditDays: Self.coverage(0...99), options: .init(excludedSubjects: [users[0]]))
        let developers = Subject(kind: .group, name: "developers")
        var counts: Set<Int> = []
        for _ in 0..<10_000 {
            counts.insert(conditions.obstacles(of: [developers], created: Self.created).count)
            #expect(conditions.uncheckedNeeds(of: [developers], rules: [], kept: []).isEmpty)
        }
        // One recorded day is too few; then ten members, and how many more.
        #expect(counts == [12])
        #expect(
            conditions.obstacles(of: [developers], created: Self.created).contains(
                "User u0, a member of Group developers, is excluded by rbac.excludedSubjects"))
    }
}
