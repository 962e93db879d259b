import Domain
import FoundationEssentials
import HTTPTransport

extension ObjectWatcher {
    /// Does what a reflector's state asks for.
    func start(_ reflector: Reflector) {
        reflector.due = nil
        reflector.ending = nil
        let path: String
        let stall: Duration
        let total: Duration
        switch reflector.state.next {
        case .list(let token, let isPaged):
            if token.isEmpty { beginListing(reflector) }
            path = reflector.resource.path + listQuery(token, isPaged: isPaged)
            (stall, total) = (options.listStall, options.listTotal)
            reflector.reading = .list(ListSplitter(limit: options.largestObject))
        case .watch(let version):
            let seconds =
                Int(environment.random() * Double(options.watchSeconds.count)) + options.watchSeconds.lowerBound
            path = reflector.resource.path + watchQuery(version, seconds: min(seconds, options.watchSeconds.upperBound))
            total = .seconds(seconds) + options.watchGrace
            stall = total
            reflector.reading = .watch(LineSplitter(limit: options.largestObject))
            reflector.status.phase = .watching
            reflector.status.problem = nil
            begin(reflector)
        case .complete, .wait, .renewCredentials:
            return
        }
        send(reflector, path, stall: stall, total: total)
    }

    private func beginListing(_ reflector: Reflector) {
        reflector.kept = []
        // What is refused stays so until it is not.
        if reflector.status.phase != .forbidden { reflector.status.phase = .listing }
        begin(reflector)
    }

    private func begin(_ reflector: Reflector) {
        reflector.knownBefore = reflector.status.knownUntil
        reflector.began = (environment.now(), now)
    }

    private func listQuery(_ token: String, isPaged: Bool) -> String {
        guard isPaged else { return "" }
        return "?limit=\(options.pageSize)" + (token.isEmpty ? "" : "&continue=\(Self.escaped(token))")
    }

    private func watchQuery(_ version: String, seconds: Int) -> String {
        "?watch=1&allowWatchBookmarks=true&resourceVersion=\(Self.escaped(version))&timeoutSeconds=\(seconds)"
    }

    /// Percent-encoded but for what RFC 3986, 2.3 leaves as it is: tokens and versions are opaque.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: String(Unicode.Scalar(byte))
            default: "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }.joined()
    }

    private func send(_ reflector: Reflector, _ path: String, stall: Duration, total: Duration) {
        do {
            let (request, policy) = try session.request(path, stall: stall, total: total, now: environment.date)
            let number = number()
            try http.start(
                request, id: number, policy: policy, freshConnection: reflector.wantsFreshConnection
            ) { [unowned self, unowned reflector] piece in take(piece, reflector) }
            reflector.exchange = number
            running[number] = reflector
        } catch {
            reflector.status.problem = "\(error)"
            act(reflector, reflector.state.end(.broken, jitter: environment.random()))
        }
    }

    /// Takes a piece of an answer; false ends the request.
    private func take(_ piece: UnsafeRawBufferPointer, _ reflector: Reflector) -> Bool {
        do {
            switch reflector.reading {
            case .nothing: return false
            case .list(var splitter):
                reflector.reading = .nothing
                try splitter.take(piece) { take(item: $0, reflector) }
                reflector.status.refused += splitter.takeOversized()
                reflector.reading = .list(splitter)
                guard reflector.kept.count <= options.mostObjects else { throw ListSplitter.Malformed() }
            case .watch(var splitter):
                reflector.reading = .nothing
                try splitter.take(piece) { try take(line: $0, reflector) }
                reflector.reading = .watch(splitter)
            }
            return true
        } catch {
            if reflector.ending == nil {
                reflector.ending = .broken
                reflector.status.problem = "the answer is malformed, or larger than is allowed"
            }
            return false
        }
    }

    private func take(item: [UInt8], _ reflector: Reflector) {
        if let change = reflector.change(reflector.decoder.item(item)) { gather(change) }
    }

    /// Ends a watch whose events say no more.
    private struct WatchOver: Error {}

    private func take(line: [UInt8], _ reflector: Reflector) throws {
        let read = reflector.decoder.event(line)
        switch read.event {
        case .failure(let code, let reason, let message):
            // etcd's compaction comes as 410 with reason Expired or Gone, from some servers as 500.
            let isGone = code == 410 || reason == "Expired" || reason == "Gone"
            reflector.ending = .status(isGone ? 410 : code, retryAfter: nil)
            reflector.status.problem = "the watch ended with \(code): \(ServerStatus.printable(message))"
            throw WatchOver()
        case .unreadable(let reason):
            reflector.ending = .broken
            reflector.status.problem = "an event cannot be read: \(reason.rawValue)"
            throw WatchOver()
        case .upsert, .removal, .bookmark:
            // What happened while there was no watch comes first: nobody knows when, but not before the last known moment.
            let isLive = now >= reflector.began.instant + options.catchingUp
            let known = isLive ? environment.now() : reflector.knownBefore
            for change in reflector.changes(read.event, known: known) { gather(change) }
            if read.event != .bookmark { reflector.status.events += 1 }
            reflector.state.advance(to: read.version)
            if isLive { reflector.status.knownUntil = known }
        }
    }

    /// Decides what comes after a request of a reflector.
    func finish(_ reflector: Reflector, _ result: HTTPMultiplexer.Outcome) {
        let reading = reflector.reading
        reflector.reading = .nothing
        var outcome = reflector.outcome(result)
        if outcome == .closed, case .list(let splitter) = reading {
            if let envelope = try? splitter.end() {
                let action = reflector.state.read(
                    version: envelope.version, continueToken: envelope.continueToken, jitter: environment.random())
                return act(reflector, action)
            }
            reflector.status.problem = "the listing is malformed or breaks off"
            outcome = .broken
        }
        if outcome == .closed { reflector.status.knownUntil = environment.now() }
        if case .status(403, _) = outcome {
            reflector.status.phase = .forbidden
        } else if outcome != .closed {
            reflector.status.phase = .waiting
        }
        act(reflector, reflector.state.end(outcome, jitter: environment.random()))
    }

    private func act(_ reflector: Reflector, _ action: ReflectorState.Action) {
        switch action {
        case .list, .watch:
            reflector.due = now
        case .wait(let wait):
            reflector.due = instant(after: wait)
        case .renewCredentials(let wait):
            session.forgetCredentials()
            reflector.due = instant(after: wait)
        case .complete:
            completeListing(reflector)
            reflector.due = now
        }
    }

    private func completeListing(_ reflector: Reflector) {
        let kind = reflector.resource.kind
        gather(ObjectChange(.removeOthers(kind: kind, kept: reflector.kept), knownUntil: reflector.knownBefore))
        reflector.status.listed = reflector.kept.count
        reflector.status.listings += 1
        reflector.status.isListed = true
        // A listing shows one moment, which is not before it began.
        reflector.status.knownUntil = reflector.began.moment
        reflector.kept = []
    }
}
