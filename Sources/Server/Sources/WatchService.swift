import AppConfiguration
import Domain
import Engine
import KubernetesClient
import Logging
import ServiceLifecycle
import Store

/// Keeps the cluster's objects in the store as they are in the cluster.
struct WatchService: ServiceLifecycle.Service {
    let settings: Settings.Sources
    let cluster: ClusterName
    let store: Store
    let states: SourceStates
    let metrics: ServerMetrics
    let environment: [String: String]
    let logger: Logger

    static let name = "kubernetes"
    private static let lookTime = Duration.seconds(5)
    /// The wait after a failure that kept the watch from beginning.
    private static let retryTime = Duration.seconds(30)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await watch()
                } catch is CancellationError {
                    return
                } catch {
                    states.set(Self.name, isUp: false, "\(error)")
                    logger.error("the cluster cannot be watched", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: Self.retryTime)
            }
        }
    }

    private func watch() async throws {
        let watch = InventoryWatch(
            cluster: cluster, store: store, access: try access(), heartbeat: heartbeat, variables: environment)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch.run() }
            group.addTask {
                var last: WatchStatus?
                while true {
                    let status = watch.board.current
                    report(status, last)
                    last = status
                    try await Task.sleep(for: Self.lookTime)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func access() throws -> KubernetesAccess {
        switch settings.watch {
        case .inCluster, .off:
            guard let access = try KubernetesAccess.inCluster(environment: environment) else {
                throw ConfigurationError(
                    code: .missing, message: "kubernetes.watch is inCluster, and this is no pod with a service account",
                    hint: "set kubernetes.watch: kubeconfig, or automountServiceAccountToken in the pod")
            }
            return access
        case .kubeconfig:
            return try KubernetesAccess.find(
                kubeconfig: settings.kubeconfig.map { [$0] }, context: settings.context, environment: environment)
        }
    }

    /// Up to which moment the stored pods are known to have been there, beside them in the store.
    private var heartbeat: WatchHeartbeat {
        let name = "watch:\(cluster.rawValue)"
        return WatchHeartbeat(
            load: { [store] in
                let stored = try store.cursors(prefix: name).first { $0.name == name }
                return stored.flatMap { Int64($0.value) }.map { Timestamp(rawValue: $0) }
            },
            save: { [store] moment in
                var marks = CommitMarks()
                marks.cursors = [SourceCursor(name: name, value: String(moment.rawValue))]
                try store.merge([], marks: marks)
            })
    }

    private func report(_ status: WatchStatus, _ last: WatchStatus?) {
        guard status != last else { return }
        let events = status.kinds.values.reduce(0) { $0 + $1.events }
        let earlier = last?.kinds.values.reduce(0) { $0 + $1.events } ?? 0
        metrics.objects.add(Double(max(0, events - earlier)), "event")
        let listings = status.kinds.values.reduce(0) { $0 + $1.listings }
        metrics.objects.add(
            Double(max(0, listings - (last?.kinds.values.reduce(0) { $0 + $1.listings } ?? 0))), "listing")
        let problem = status.discoveryProblem ?? status.deliveryProblem
        let missing = status.missingRules
        let listed = status.kinds.values.count { $0.isListed }
        let note =
            "\(listed) of \(status.kinds.count) kinds listed" + (problem.map { "; \($0)" } ?? "")
            + (missing.isEmpty ? "" : "; missing rights: \(missing.joined(separator: ", "))")
        states.set(Self.name, isUp: problem == nil && listed > 0, note)
        if problem != nil, problem != last?.discoveryProblem ?? last?.deliveryProblem {
            logger.warning("the watch has a problem", metadata: ["problem": "\(problem ?? "")"])
        }
        if !missing.isEmpty, missing != last?.missingRules ?? [] {
            logger.error(
                "rights are missing: objects of these kinds are not known",
                metadata: ["rules": "\(missing.joined(separator: "; "))"])
        }
    }
}
