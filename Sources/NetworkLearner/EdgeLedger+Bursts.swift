import Domain

extension EdgeLedger {
    /// Holds back what one workload tried in a short burst with a wide fan-out, mostly refused: a scan.
    ///
    /// A rare job's single run is wide and short as well, but it is answered; what tells them apart is the share of
    /// targets that never accepted. Within such a burst the targets that did answer are held back too, as long as
    /// nothing else ever used them.
    mutating func holdBursts(_ options: BurstOptions) {
        let all = edges.edges
        let facts = edges.facts
        var start = 0
        while start < all.count {
            // Edges are sorted by their source.
            let end = all[start...].firstIndex { $0.source != all[start].source } ?? all.count
            let brief = (start..<end).filter { number in
                all[number].protocol == .tcp
                    && facts[number].last.seconds(since: facts[number].first) <= options.windowSeconds
            }
            if brief.count >= options.minimumTargets {
                for number in Self.scan(brief, facts, options) { hold(number, .burst) }
            }
            start = end
        }
    }

    /// The edges that lie in some window which looks like a scan.
    private static func scan(_ numbers: [Int], _ facts: [ConnectionFact], _ options: BurstOptions) -> Set<Int> {
        let timed = numbers.sorted { facts[$0].first < facts[$1].first }
        var refusedBefore = [0]
        for number in timed {
            refusedBefore.append(refusedBefore[refusedBefore.count - 1] + (facts[number].isAccepted ? 0 : 1))
        }
        func first(_ index: Int) -> Timestamp { facts[timed[index]].first }
        var found: Set<Int> = []
        var marked = 0
        var start = 0
        for end in timed.indices {
            while first(end).seconds(since: first(start)) > options.windowSeconds { start += 1 }
            // What began at one moment counts together, so that no order among it matters.
            if end + 1 < timed.count, first(end + 1) == first(end) { continue }
            let size = end - start + 1
            let refused = refusedBefore[end + 1] - refusedBefore[start]
            guard size >= options.minimumTargets, Double(refused) >= options.refusedShare * Double(size) else {
                continue
            }
            for index in max(start, marked)...end { found.insert(timed[index]) }
            marked = end + 1
        }
        return found
    }
}
