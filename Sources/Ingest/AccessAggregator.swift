import Decoders
import Domain

/// Folds decoded requests into edges, one row for each edge and period of 64 days.
struct AccessAggregator {
    private var indices: [Key: Int] = [:]
    private var states: [State] = []
    /// Callers beside the first of their row: the row's index, and the caller's number.
    private var moreCallers: Set<UInt64> = []

    /// The edge by numbers, and the period.
    private struct Key: Hashable {
        let what: UInt64
        let why: UInt64

        init(_ access: Access, period: Int32) {
            what = UInt64(UInt32(bitPattern: access.subject)) << 32 | UInt64(UInt32(bitPattern: access.action))
            // A reason's number needs no more than 30 bits: the tables are bounded far below.
            why =
                UInt64(UInt32(bitPattern: period)) << 32 | UInt64(UInt32(bitPattern: access.reason)) << 2 & 0xffff_fffc
                | UInt64(access.decision.rawValue)
        }
    }

    /// Small, since each request touches one: the numbers of the edge, and its fact.
    private struct State {
        let subject: Int32
        let action: Int32
        let reason: Int32
        let period: Int32
        var firstCaller: Int32
        var lastCaller: Int32
        let decision: AccessEdge.Decision
        var count: Int64 = 0
        var dryRuns: Int64 = 0
        var span: Span

        init(_ access: Access, period: Int32) {
            subject = access.subject
            action = access.action
            reason = access.reason
            self.period = period
            firstCaller = access.caller
            lastCaller = access.caller
            decision = access.decision
            span = Span(access.time, access.sample)
        }
    }

    var count: Int { states.count }

    /// What the rows take in memory, in rows.
    var weight: Int { states.count + moreCallers.count }

    mutating func add(_ access: Access, sample: (SampleReference) -> String) {
        let day = access.time.day
        let period = DaySet.period(of: day)
        let index = index(of: Key(access, period: period), for: access, period: period)
        if access.isCounted {
            states[index].count += 1
            states[index].dryRuns += access.isDryRun ? 1 : 0
        }
        states[index].span.add(access.time, day: day, access.sample, text: sample)
        if access.caller != states[index].lastCaller { see(access.caller, index) }
    }

    /// Nearly all rows have one caller, which costs them a comparison.
    private mutating func see(_ caller: Int32, _ index: Int) {
        guard caller >= 0 else { return }
        states[index].lastCaller = caller
        if states[index].firstCaller < 0 { states[index].firstCaller = caller }
        guard caller != states[index].firstCaller else { return }
        moreCallers.insert(UInt64(index) << 32 | UInt64(UInt32(bitPattern: caller)))
    }

    private mutating func index(of key: Key, for access: Access, period: Int32) -> Int {
        if let known = indices[key] { return known }
        let index = states.count
        indices[key] = index
        states.append(State(access, period: period))
        return index
    }

    /// Calls the body with each row, in the order of first sight, and starts anew.
    mutating func drain(
        cluster: ClusterName, decoder: any RecordDecoder, _ body: (AccessEdge, AccessFact) throws -> Void
    ) rethrows {
        let rows = states
        var more = moreCallers.sorted()[...]
        self = AccessAggregator()
        let tables = decoder.tables
        let sources = type(of: decoder).source
        for (index, row) in rows.enumerated() {
            let edge = AccessEdge(
                cluster: cluster, subject: tables.subjects[Int(row.subject)], action: tables.actions[Int(row.action)],
                decision: row.decision, reason: row.reason < 0 ? "" : tables.reasons[Int(row.reason)])
            let further = more.prefix { Int($0 >> 32) == index }
            more = more.dropFirst(further.count)
            let fact = AccessFact(
                count: row.count, dryRuns: row.dryRuns, first: row.span.first, last: row.span.last,
                days: row.span.days(period: row.period), sources: sources, sample: decoder.sample(row.span.sample),
                callers: Self.callers(row.firstCaller, further, tables))
            try body(edge, fact)
        }
    }

    private static func callers(
        _ first: Int32, _ further: ArraySlice<UInt64>, _ tables: ObservationTables
    ) -> CallerSet {
        guard first >= 0 else { return CallerSet() }
        guard !further.isEmpty else { return CallerSet(tables.callers[Int(first)]) }
        return CallerSet([tables.callers[Int(first)]] + further.map { tables.callers[Int($0 & 0xffff_ffff)] })
    }
}
