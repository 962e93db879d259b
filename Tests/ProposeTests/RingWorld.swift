import AppConfiguration
import Domain
import Engine
import Foundation
import Ingest
import ScriptedServers
import Store

/// A namespace `ring` in which `web` calls `api`, `api` calls `db`, and `db` calls `web`, each on 14 days: with policies of
/// both directions for all of them.
struct RingWorld {
    private let folder = Result { try TemporaryFolder() }
    private let store: Store
    let file: String

    static let workloads = ["web", "api", "db"]

    /// - Parameters:
    ///   - objects: more objects of the cluster, as JSON.
    ///   - isOpen: without the calls of `db`, whose outgoing traffic then stays open as `web`'s incoming does.
    init(objects: [String] = [], isOpen: Bool = false) throws {
        let folder = try folder.get()
        file = folder.path("leastwise.db")
        store = try Store(path: file)
        let list = #"{"kind":"List","apiVersion":"v1","items":[\#((Self.objects + objects).joined(separator: ","))]}"#
        try Data(list.utf8).write(to: URL(fileURLWithPath: folder.path("objects.json")))
        let cluster = ClusterName("prod")
        _ = try ObserveObjectsJob(store: store, cluster: cluster).run(
            paths: [folder.path("objects.json")], isPartial: false)
        let flows = (1...14).flatMap { Self.flows(day: $0, isOpen: isOpen) }.map { $0 + "\n" }.joined()
        try Data(flows.utf8).write(to: URL(fileURLWithPath: folder.path("flows.ndjson")))
        _ = try ObserveJob(store: store, cluster: cluster).run(
            .hubble, paths: [folder.path("flows.ndjson")], defaultTime: nil
        ) { _ in }
    }

    /// Learns as the program does, with what a repository declares.
    func learn(_ settings: Settings, _ declared: RepositoryDeclarations?) throws -> LearnedCluster {
        try Session(settings: settings) { _ in store }.learn(declared)
    }

    /// A Deployment as a repository holds it.
    static func manifest(_ name: String, labels: [String: String]) -> String {
        "# \(name)\n" + deployment(name, labels: labels)
    }

    private static var objects: [String] {
        [#"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"ring"}}"#]
            + workloads.map { deployment($0, labels: labels($0)) }
    }

    private static func labels(_ name: String) -> [String: String] { ["app": name, "track": "main"] }

    private static func deployment(_ name: String, labels: [String: String]) -> String {
        let pairs = labels.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
        return #"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"\#(name)","namespace":"ring"},"#
            + #""spec":{"selector":{"matchLabels":{"app":"\#(labels["app"] ?? name)"}},"template":{"metadata":"#
            + #"{"labels":{\#(pairs)}},"spec":{"containers":[{"name":"main","ports":[{"name":"http","#
            + #""containerPort":8080}]}]}}}}"#
    }

    private static func flows(day: Int, isOpen: Bool) -> [String] {
        let calls = [("web", "api"), ("api", "db")] + (isOpen ? [] : [("db", "web")])
        let date = "2026-11-\(day < 10 ? "0" : "")\(day)"
        return calls.map { source, destination in
            let time = "\(date)T09:00:00Z"
            return #"{"flow":{"time":"\#(time)","verdict":"FORWARDED","IP":{"source":"10.1.0.1","#
                + #""destination":"10.1.0.2","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":47360,"#
                + #""destination_port":8080,"flags":{"SYN":true}}},\#(end("source", source)),"#
                + #"\#(end("destination", destination)),"Type":"L3_L4","traffic_direction":"INGRESS","#
                + #""trace_observation_point":"TO_ENDPOINT","is_reply":false},"time":"\#(time)"}"#
        }
    }

    private static func end(_ side: String, _ name: String) -> String {
        let labels = (Self.labels(name).map { "\($0.key)=\($0.value)" }.sorted() + ["io.kubernetes.pod.namespace=ring"])
            .map { #""k8s:\#($0)""# }.joined(separator: ",")
        return #""\#(side)":{"cluster_name":"prod","namespace":"ring","labels":[\#(labels)],"#
            + #""pod_name":"\#(name)-5b8f9c7d6-abcde","workloads":[{"name":"\#(name)","kind":"Deployment"}]}"#
    }
}

extension Estate {
    /// One learning run of that world, of its namespace's scope unless told otherwise.
    func propose(
        _ world: RingWorld, scope: String? = "ring", dryRun: Bool = false, with changes: [String: String] = [:]
    ) async throws -> [ScopeResult] {
        try await propose(scope: scope, dryRun: dryRun, with: changes, learning: world.learn)
    }

    /// Proposes the namespace's policies and merges them as a person does.
    func merge(_ world: RingWorld, scope: String = "ring", with changes: [String: String] = [:]) async throws {
        _ = try await propose(world, scope: scope, with: changes)
        try git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/\(scope)")
        let number = try pulls().first { $0.head == "leastwise/\(scope)" && $0.state == "open" }?.number
        if let number { try setPull(number, "merged") }
        // The next run sees that it was merged.
        _ = try await propose(world, scope: scope, with: changes)
    }
}
