import Domain

extension EdgeLedger {
    /// Holds back what one workload tried in a short burst with a wide fan-out, mostly refused: a scan.
    ///
    /// A rare job's single run is wide and short as well, but it is answered; what tells them apart is the share of
    /// targets that never accepted. Within such a burst the targets that did answer are held back too, as long as
    /// nothing else ever used them.
    mutating func holdBursts(_ options: BurstOptions) {
        var brief: [Party: [Key]] = [:]
        for (key, entry) in entries where key.protocol == .tcp {
            guard entry.fact.last.seconds(since: entry.fact.first) <= options.windowSeconds else { continue }
            brief[key.source, default: []].append(key)
        }
        for keys in brief.values where keys.count >= options.minimumTargets {
            for key in scan(keys, options) { hold(key, reason: .burst) }
        }
    }

    /// The keys that lie in some window which looks like a scan.
    private func scan(_ keys: [Key], _ options: BurstOptions) -> Set<Key> {
        let timed = keys.compactMap { key in entries[key].map { (key: key, fact: $0.fact) } }
            .sorted { $0.fact.first < $1.fact.first }
        var refusedBefore = [0]
        for item in timed {
            refusedBefore.append(refusedBefore[refusedBefore.count - 1] + (item.fact.isAccepted ? 0 : 1))
        }
        var found: Set<Key> = []
        var marked = 0
        var start = 0
        for end in timed.indices {
            while timed[end].fact.first.seconds(since: timed[start].fact.first) > options.windowSeconds { start += 1 }
            // What began at one moment counts together, so that no order among it matters.
            if end + 1 < timed.count, timed[end + 1].fact.first == timed[end].fact.first { continue }
            let size = end - start + 1
            let refused = refusedBefore[end + 1] - refusedBefore[start]
            guard size >= options.minimumTargets, Double(refused) >= options.refusedShare * Double(size) else {
                continue
            }
            for index in max(start, marked)...end { found.insert(timed[index].key) }
            marked = end + 1
        }
        return found
    }

    /// Holds back what was only ever refused, and what was tried often without any answer in a store that shows answers.
    mutating func holdUnanswered(_ options: UnansweredOptions) {
        let showsAnswers = entries.values.contains { $0.fact.answers > 0 }
        for (key, entry) in entries where !entry.fact.isAccepted {
            if entry.fact.refusals > 0 {
                hold(key, reason: .refused)
            } else if showsAnswers, entry.fact.days.count >= options.minimumDays {
                hold(key, reason: .neverAnswered)
            }
        }
    }

    /// Holds back edges of unknown direction whose destination nobody is known to listen on.
    mutating func holdUndeclaredDirections(_ isDeclared: (Party, NetworkProtocol, Port) -> Bool) {
        struct Listener: Hashable {
            let party: Party
            let `protocol`: NetworkProtocol
            let port: Port
        }
        var listeners: Set<Listener> = []
        for (key, entry) in entries where entry.hasKnownDirection {
            listeners.insert(Listener(party: key.destination, protocol: key.protocol, port: key.port))
        }
        for (key, entry) in entries where !entry.hasKnownDirection {
            let listener = Listener(party: key.destination, protocol: key.protocol, port: key.port)
            guard !listeners.contains(listener), !isDeclared(key.destination, key.protocol, key.port) else { continue }
            hold(key, reason: .unknownDirection)
        }
    }
}

extension ConnectionFact {
    /// True if something besides first packets and refusals was seen: the connection was established, or the protocol
    /// has no handshake to tell.
    var isAccepted: Bool { answers > 0 || count > attempts }
}
