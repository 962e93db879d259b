import Domain
import FoundationEssentials
import HTTPTransport

/// Where finding out which kinds there are stands.
struct Discovery {
    private static let largestAnswer = 16 << 20

    var due: ContinuousClock.Instant
    /// The request that runs.
    var number = 0
    var state: DiscoveryState?
    var body: [UInt8] = []
    var failures = 0
    /// How often in a row each kind was not there.
    var absences: [String: Int] = [:]

    init(due: ContinuousClock.Instant) { self.due = due }

    var isRunning: Bool { state != nil }

    mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        body += piece
        return body.count <= Self.largestAnswer
    }
}

extension ObjectWatcher {
    func startDiscovery() {
        discovery.state = DiscoveryState(wanted)
        askNext()
    }

    private func askNext() {
        guard let path = discovery.state?.path else { return finishPass() }
        discovery.body = []
        do {
            let (request, policy) = try session.request(
                path, stall: options.listStall, total: options.listStall, now: environment.date)
            discovery.number = number()
            try http.start(request, id: discovery.number, policy: policy) { [unowned self] piece in
                discovery.take(piece)
            }
        } catch {
            failDiscovery("\(error)")
        }
    }

    func finishDiscovery(_ outcome: HTTPMultiplexer.Outcome) {
        var answer: (status: Int, body: [UInt8])?
        var problem = "the answer cannot be read"
        switch outcome {
        case .success(let end):
            let status = end.response.status
            if status == 401 { session.forgetCredentials() }
            if status == 404 || (status == 200 && end.isComplete) { answer = (status, discovery.body) }
            if status != 200 { problem = "the server answered \(status): \(ServerStatus.message(end.response))" }
        case .failure(let error):
            problem = error.description
        }
        let path = discovery.state?.path ?? ""
        guard discovery.state?.take(answer) == true else { return failDiscovery("\(path): \(problem)") }
        askNext()
    }

    private func failDiscovery(_ problem: String) {
        discovery.state = nil
        discovery.body = []
        let wait = Duration.seconds(min(1 << discovery.failures, 60)) * (1 + environment.random())
        discovery.failures = min(discovery.failures + 1, 6)
        discovery.due = instant(after: min(wait, options.discoveryInterval))
        board.update { $0.discoveryProblem = problem }
    }

    private func finishPass() {
        let findings = discovery.state?.findings ?? [:]
        discovery.state = nil
        discovery.failures = 0
        discovery.due = now + options.discoveryInterval * (1 + environment.random() / 10)
        for kind in wanted {
            switch findings[kind.name] ?? .unknown {
            case .served(let resource):
                discovery.absences[kind.name] = nil
                serve(resource)
            case .absent:
                noteAbsence(of: kind.name)
            case .unknown:
                discovery.absences[kind.name] = nil
                note(kind.name) {
                    $0.problem = "its API group does not answer, or it cannot be listed and watched; it is asked again"
                }
            }
        }
        board.update { status in
            status.discoveryProblem = nil
            status.isDiscovered = true
        }
    }

    private func note(_ kind: String, _ change: (inout WatchStatus.Kind) -> Void) {
        guard reflectors[kind] == nil else { return }
        board.update { change(&$0.kinds[kind, default: WatchStatus.Kind()]) }
    }

    private func serve(_ resource: WatchedResource) {
        if let known = reflectors[resource.kind] {
            guard known.resource != resource else { return }
            stop(known)
        }
        reflectors[resource.kind] = Reflector(
            resource, decoder(resource), due: now, now: environment.now(),
            knownUntil: knownUntil(resource.kind))
    }

    private func stop(_ reflector: Reflector) {
        if let number = reflector.exchange {
            http.cancel(number)
            running[number] = nil
        }
    }

    /// A server that starts up leaves kinds out for a while; what is gone stays gone.
    private func noteAbsence(of kind: String) {
        let count = (discovery.absences[kind] ?? 0) + 1
        discovery.absences[kind] = count
        note(kind) { ($0.phase, $0.problem) = (.absent, nil) }
        guard count == options.absences else { return }
        let known = knownUntil(kind)
        if let reflector = reflectors.removeValue(forKey: kind) { stop(reflector) }
        board.update { status in
            status.kinds[kind] = WatchStatus.Kind()
            status.kinds[kind]?.phase = .absent
        }
        gather(ObjectChange(.removeOthers(kind: kind, kept: []), knownUntil: known))
    }
}
