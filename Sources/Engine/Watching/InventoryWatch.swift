package import Domain
import Foundation
import HTTPTransport
import Inventory
package import KubernetesClient
package import Store

/// Keeps the objects of one cluster in the store as they are in the cluster, and when its pods had their addresses.
package final class InventoryWatch: Sendable {
    /// How far it is.
    package let board = WatchStatusBoard()

    private let cluster: ClusterName
    private let store: Store
    private let access: KubernetesAccess
    private let kinds: [WantedKind]
    private let options: WatchOptions
    private let heartbeat: WatchHeartbeat
    private let clock: WatchClock
    private let variables: [String: String]

    /// Makes a watch; nothing is contacted yet.
    ///
    /// - Parameter variables: the process' environment, for credential plugins.
    package init(
        cluster: ClusterName, store: Store, access: KubernetesAccess, kinds: [WantedKind] = WatchedKinds.list(),
        options: WatchOptions = WatchOptions(), heartbeat: WatchHeartbeat, clock: WatchClock = .system,
        variables: [String: String]
    ) {
        self.cluster = cluster
        self.store = store
        self.access = access
        self.kinds = kinds
        self.options = options
        self.heartbeat = heartbeat
        self.clock = clock
        self.variables = variables
    }

    /// Watches until the task is cancelled, on a thread of its own. Throws where it cannot begin.
    package func run() async throws {
        let flag = CancellationFlag()
        let stop = WatchStop(flag)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                let thread = Thread {
                    done.resume(with: Result { try self.watch(until: flag, stop) })
                }
                thread.name = "leastwise.watch"
                thread.stackSize = 2 << 20
                thread.start()
            }
        } onCancel: {
            stop.stop()
        }
    }

    private func watch(until flag: CancellationFlag, _ stop: WatchStop) throws {
        let environment = WatchEnvironment(now: clock.now, random: clock.random, variables: variables)
        let known = try heartbeat.load().map { [Self.pods: $0] } ?? [:]
        let watcher = try ObjectWatcher(
            access: access, wanted: kinds, options: options, environment: environment, board: board,
            knownUntil: known, decoder: decoder, deliver: deliver)
        stop.waker(watcher.waker)
        watcher.run(until: flag)
    }

    private func decoder(_ resource: WatchedResource) -> ObjectDecoder {
        let reader = WatchReader(cluster: cluster, kind: resource.kind, apiVersion: resource.apiVersion)
        return ObjectDecoder(item: { reader.item($0) }, event: { reader.event($0) })
    }

    private func deliver(_ delivery: ObjectDelivery) throws {
        try Self.apply(delivery, to: store, cluster: cluster)
        // Behind the changes: what it says holds for the store as it is now.
        if let known = delivery.knownUntil[Self.pods] { try heartbeat.save(known) }
    }

    private static let pods = "core/Pod"

    /// Stores changes, with what they make history, in one transaction.
    package static func apply(_ delivery: ObjectDelivery, to store: Store, cluster: ClusterName) throws {
        try store.applyObjectChanges(delivery.changes, cluster: cluster) { transition, objects in
            let lookup = PodHistory.Lookup(
                object: { try objects.object($0) },
                objects: { try objects.objects(kind: $0, in: $1, holding: $2) },
                sightings: { try objects.sightings(of: $1, at: $0) })
            return try PodHistory(cluster: cluster, podsKnownUntil: delivery.knownUntil[pods], lookup: lookup)
                .sightings(before: transition)
        }
    }
}

/// Keeps over restarts up to which moment the stored pods are known to have been there.
package struct WatchHeartbeat: Sendable {
    /// The moment that was saved last; nil where none was.
    package let load: @Sendable () throws -> Timestamp?
    /// Saves a moment; it is not older than the last one.
    package let save: @Sendable (Timestamp) throws -> Void

    /// Makes one of what keeps it.
    package init(
        load: @escaping @Sendable () throws -> Timestamp?, save: @escaping @Sendable (Timestamp) throws -> Void
    ) {
        self.load = load
        self.save = save
    }
}

/// Time and chance.
package struct WatchClock: Sendable {
    /// The moment.
    package let now: @Sendable () -> Timestamp
    /// A random number from 0 to 1.
    package let random: @Sendable () -> Double

    /// Makes one.
    package init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> Double) {
        self.now = now
        self.random = random
    }

    /// The machine's.
    package static let system = WatchClock(
        now: { Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9)) },
        random: { Double.random(in: 0..<1) })
}
