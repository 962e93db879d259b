package import Domain
import Foundation
package import HTTPTransport

/// Keeps up with the objects of a cluster, and hands on what changes.
///
/// All requests run on the thread that calls `run`; each kind's decisions are those of its `ReflectorState`.
package final class ObjectWatcher {
    /// Stores a delivery; it is called again with the same one until it does not throw.
    package typealias Deliver = (ObjectDelivery) throws -> Void

    let wanted: [WantedKind]
    let options: WatchOptions
    let environment: WatchEnvironment
    let board: WatchStatusBoard
    let http: HTTPMultiplexer
    let decoder: (WatchedResource) -> ObjectDecoder
    private let deliver: Deliver
    private let clock = ContinuousClock()

    var session: KubernetesSession
    var reflectors: [String: Reflector] = [:]
    /// Requests of reflectors by number; `discovery` is the other one that may run.
    var running: [Int: Reflector] = [:]
    var discovery: Discovery
    var pending = ObjectDelivery()
    private var knownAtStart: [String: Timestamp]
    private var lastNumber = 0
    /// When the oldest pending change came, and when something was delivered last.
    private var pendingSince: ContinuousClock.Instant?
    private var deliveredAt: ContinuousClock.Instant

    /// Makes a watcher; nothing is contacted yet.
    ///
    /// - Parameters:
    ///   - knownUntil: by kind, the newest moment that was delivered before this start.
    ///   - decoder: reads what the server sends of a resource.
    package init(
        access: KubernetesAccess, wanted: [WantedKind], options: WatchOptions, environment: WatchEnvironment,
        board: WatchStatusBoard, knownUntil: [String: Timestamp],
        decoder: @escaping (WatchedResource) -> ObjectDecoder, deliver: @escaping Deliver
    ) throws {
        // Pods that are gone are looked at while what owned them is still there.
        self.wanted = wanted.sorted {
            ($0.name != "core/Pod" ? 1 : 0, $0.name) < ($1.name != "core/Pod" ? 1 : 0, $1.name)
        }
        self.options = options
        self.environment = environment
        self.board = board
        self.decoder = decoder
        self.deliver = deliver
        http = try HTTPMultiplexer()
        session = KubernetesSession(access, environment: environment.variables, userAgent: environment.userAgent)
        knownAtStart = knownUntil
        deliveredAt = clock.now
        discovery = Discovery(due: clock.now)
        board.update { status in
            for kind in wanted { status.kinds[kind.name] = WatchStatus.Kind() }
        }
    }

    /// Ends a wait of `run` from another thread, once its flag is set.
    package var waker: HTTPWaker { http.waker }

    /// Watches until the flag is set; blocks its thread. What came in by then is delivered once more, if it can be.
    package func run(until flag: CancellationFlag) {
        while !flag.isSet {
            startDue()
            for (number, outcome) in http.run(for: wait) { finish(number, outcome) }
            publish()
            if isDeliveryDue { deliverPending(until: flag) }
        }
        for number in running.keys { http.cancel(number) }
        // What cannot be stored now is listed after the next start.
        if !pending.changes.isEmpty { try? deliver(pending) }
    }

    var now: ContinuousClock.Instant { clock.now }

    func number() -> Int {
        lastNumber += 1
        return lastNumber
    }

    func instant(after wait: Duration) -> ContinuousClock.Instant {
        now + min(wait, options.longestWait ?? wait)
    }

    /// Up to which moment a kind's stored objects are known.
    func knownUntil(_ kind: String) -> Timestamp? {
        reflectors[kind]?.status.knownUntil ?? knownAtStart[kind]
    }

    func gather(_ change: ObjectChange) {
        pending.changes.append(change)
        if pendingSince == nil { pendingSince = now }
    }

    private func startDue() {
        if !discovery.isRunning, discovery.due <= now { startDiscovery() }
        var lists = running.values.count { if case .list = $0.reading { true } else { false } }
        for kind in wanted {
            guard let reflector = reflectors[kind.name], let due = reflector.due, due <= now else { continue }
            if case .list = reflector.state.next {
                guard lists < options.parallelLists else { continue }
                lists += 1
            }
            start(reflector)
        }
    }

    /// Until something is due; requests that wait for another listing's end come when that ends.
    private var wait: Duration {
        let delivery = pendingSince.map { $0 + options.gathering } ?? deliveredAt + options.heartbeat
        let dues = reflectors.values.compactMap(\.due).filter { $0 > now }
        let first = (dues + [delivery] + (discovery.isRunning ? [] : [discovery.due])).min() ?? delivery
        return max(.zero, now.duration(to: first))
    }

    private func finish(_ number: Int, _ outcome: HTTPMultiplexer.Outcome) {
        if let reflector = running.removeValue(forKey: number) {
            reflector.exchange = nil
            finish(reflector, outcome)
        } else if number == discovery.number {
            finishDiscovery(outcome)
        }
    }

    private func publish() {
        board.update { status in
            for (kind, reflector) in reflectors where status.kinds[kind] != reflector.status {
                status.kinds[kind] = reflector.status
            }
        }
    }
}

// MARK: - Delivering

extension ObjectWatcher {
    private var isDeliveryDue: Bool {
        if let pendingSince {
            return pending.changes.count >= options.mostGathered || now >= pendingSince + options.gathering
        }
        return now >= deliveredAt + options.heartbeat
    }

    /// Delivers until it works: nothing more is read meanwhile, so that the server holds back what comes.
    private func deliverPending(until flag: CancellationFlag) {
        for (kind, reflector) in reflectors { pending.knownUntil[kind] = reflector.status.knownUntil }
        var pause = 0.2
        while !flag.isSet {
            do {
                try deliver(pending)
                board.update { $0.deliveryProblem = nil }
                break
            } catch {
                board.update { $0.deliveryProblem = "\(error)" }
                rest(for: pause, until: flag)
                pause = min(pause * 2, 10)
            }
        }
        guard !flag.isSet else { return }
        pending = ObjectDelivery()
        pendingSince = nil
        deliveredAt = now
    }

    private func rest(for seconds: Double, until flag: CancellationFlag) {
        let end = now + .seconds(seconds)
        while now < end, !flag.isSet { Thread.sleep(forTimeInterval: 0.05) }
    }
}
