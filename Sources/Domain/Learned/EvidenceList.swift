/// Where the evidence of many rules is kept, so that each rule need but hold numbers.
package protocol EvidenceSource: AnyObject, Sendable {
    /// The evidence of that number.
    func evidence(at number: Int32) -> Evidence
    /// How often its edge was recorded, when last, and on which days: what summaries need of it.
    func summary(at number: Int32) -> (count: Int64, last: Timestamp, days: DaySet)
}

/// What stands behind a rule: observed edges, kept by number and written out when they are asked for, and declarations.
///
/// A cluster has millions of edges, and each stands behind a rule of both of its ends.
package struct EvidenceList: Sendable {
    private let source: (any EvidenceSource)?
    private let numbers: [Int32]
    private let values: [Evidence]

    /// Evidence that is written out already.
    package init(_ values: [Evidence]) {
        source = nil
        numbers = []
        self.values = values.sorted()
    }

    /// Evidence by number, each number once, beside some that is written out.
    package init(_ numbers: [Int32], of source: any EvidenceSource, and values: [Evidence] = []) {
        self.source = source
        self.numbers = numbers
        self.values = values
    }

    /// How many pieces of evidence there are.
    package var count: Int { numbers.count + values.count }

    /// All of it, sorted.
    package var all: [Evidence] {
        guard let source, !numbers.isEmpty else { return values.sorted() }
        return (numbers.map(source.evidence(at:)) + values).sorted()
    }

    /// How many records stand behind it.
    package var records: Int64 {
        let written = values.reduce(0) { $0 + $1.count }
        guard let source else { return written }
        return numbers.reduce(written) { $0 + source.summary(at: $1).count }
    }

    /// The newest record; nil where nothing was observed.
    package var last: Timestamp? {
        let written = values.compactMap(\.last).max()
        guard let source else { return written }
        return numbers.reduce(written) { last, number in
            let new = source.summary(at: number).last
            return last.map { max($0, new) } ?? new
        }
    }

    /// On how many distinct days something of it was seen.
    package var days: Int {
        var union = values.reduce(into: DaySet()) { $0.formUnion($1.daySet) }
        if let source {
            for number in numbers { union.formUnion(source.summary(at: number).days) }
        }
        return max(union.count, values.map(\.days).max() ?? 0)
    }
}

extension EvidenceList: Hashable {
    package static func == (left: EvidenceList, right: EvidenceList) -> Bool {
        left.count == right.count && left.all == right.all
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension EvidenceList: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(all)
    }
}
