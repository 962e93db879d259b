/// What stands behind a rule: one observed edge, or a declaration, in a form that a person reads.
package struct Evidence: Hashable, Sendable {
    /// Who did what, such as `shop/Deployment/web -> shop/Deployment/api TCP/8080`.
    package let what: String
    /// How it was established where it is not plainly observed (resolved from a Service address, declared, inferred);
    /// nil for a plain observation.
    package let note: String?
    package let count: Int64
    /// Nil, as is `last`, for a declaration or an assumption.
    package let first: Timestamp?
    package let last: Timestamp?
    package let days: Int
    /// The days themselves, where they are known, so that a rule can count those of all its evidence once.
    package let daySet: DaySet
    package let sources: [String]
    /// The earliest record in a few words.
    package let sample: String

    package init(
        what: String, note: String?, count: Int64, first: Timestamp?, last: Timestamp?, days: Int,
        daySet: DaySet = DaySet(), sources: [String], sample: String
    ) {
        self.what = what
        self.note = note
        self.count = count
        self.first = first
        self.last = last
        self.days = days
        self.daySet = daySet
        self.sources = sources
        self.sample = sample
    }
}

extension Evidence: Comparable {
    /// By what it says, then by time, so that lists have one order.
    package static func < (left: Self, right: Self) -> Bool { left.sortKey < right.sortKey }

    private var sortKey: (ExactText, ExactText, Int64, Int64) {
        (ExactText(what), ExactText(note ?? ""), first?.rawValue ?? 0, last?.rawValue ?? 0)
    }
}

extension Evidence: Encodable {
    private enum CodingKeys: String, CodingKey {
        case what, note, count, first, last, days, sources, sample
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(what, forKey: .what)
        try container.encodeIfPresent(note, forKey: .note)
        try container.encode(count, forKey: .count)
        try container.encodeIfPresent(first, forKey: .first)
        try container.encodeIfPresent(last, forKey: .last)
        try container.encode(days, forKey: .days)
        try container.encode(sources, forKey: .sources)
        try container.encode(sample, forKey: .sample)
    }
}
