/// What was seen of one connection edge. Merging is commutative and associative, and idempotent but for the counts.
package struct ConnectionFact: Hashable, Sendable {
    /// Records of the connection itself, replies not among them. An edge with count 0 was seen by its replies only.
    package var count: Int64
    /// Of these, records of TCP's first packet (SYN without ACK): attempts that prove no connection.
    package var attempts: Int64
    /// Replies that accept (anything but a reset).
    package var answers: Int64
    /// Replies that refuse (TCP RST).
    package var refusals: Int64
    package var first: Timestamp
    package var last: Timestamp
    package var days: DaySet
    /// Empty where it is not known: facts that were stored before hours were kept.
    package var hours: HourSet
    package var sources: ObservationSources
    /// The earliest record in a few words (pod names, address, summary); ties go to the smaller text. Never a payload.
    package var sample: String

    package init(
        count: Int64, attempts: Int64, answers: Int64, refusals: Int64, first: Timestamp, last: Timestamp,
        days: DaySet, hours: HourSet = HourSet(), sources: ObservationSources, sample: String
    ) {
        self.count = count
        self.attempts = attempts
        self.answers = answers
        self.refusals = refusals
        self.first = first
        self.last = last
        self.days = days
        self.hours = hours
        self.sources = sources
        self.sample = sample
    }

    /// Merges what another source or replica saw of the same edge.
    package mutating func merge(_ other: ConnectionFact) {
        count += other.count
        attempts += other.attempts
        answers += other.answers
        refusals += other.refusals
        sample = Self.earlier((first, sample), (other.first, other.sample))
        first = min(first, other.first)
        last = max(last, other.last)
        days.formUnion(other.days)
        hours.formUnion(other.hours)
        sources.formUnion(other.sources)
    }

    /// The text of the earlier pair; at one moment any text before none, then the smaller one. An order, so that merging
    /// stays associative.
    static func earlier(_ left: (Timestamp, String), _ right: (Timestamp, String)) -> String {
        if left.0 != right.0 { return left.0 < right.0 ? left.1 : right.1 }
        if left.1.isEmpty || right.1.isEmpty { return left.1.isEmpty ? right.1 : left.1 }
        return min(left.1, right.1)
    }
}

/// Where observations came from.
package struct ObservationSources: OptionSet, Hashable, Sendable, Codable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Cilium Hubble flows.
    package static let hubble = ObservationSources(rawValue: 1)
    /// The Kubernetes API server's audit log.
    package static let audit = ObservationSources(rawValue: 2)

    /// The sources' names, in a fixed order.
    package var names: [String] {
        [(Self.hubble, "hubble"), (.audit, "audit")].filter { contains($0.0) }.map(\.1)
    }
}
