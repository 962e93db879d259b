import Domain

/// Finds which of many selectors accept a set of labels without trying them all.
///
/// A selector that requires `key=value` is filed under its rarest such pair and tried only for labels that have it.
struct SelectorIndex {
    private struct Entry {
        let selector: LabelSelector
        let id: Int
    }

    private struct Pair: Hashable {
        let key: String
        let value: String
    }

    private var byPair: [Pair: [Entry]] = [:]
    private var others: [Entry] = []

    /// Indexes selectors, each with the number by which `matches` reports it.
    init(_ selectors: [(selector: LabelSelector, id: Int)]) {
        var frequency: [Pair: Int] = [:]
        for item in selectors {
            for pair in Self.requiredPairs(item.selector) { frequency[pair, default: 0] += 1 }
        }
        for item in selectors {
            let entry = Entry(selector: item.selector, id: item.id)
            let rarest = Self.requiredPairs(item.selector).min { frequency[$0, default: 0] < frequency[$1, default: 0] }
            if let rarest {
                byPair[rarest, default: []].append(entry)
            } else {
                others.append(entry)
            }
        }
    }

    /// The numbers of the selectors that accept the labels, ascending.
    func matches(_ labels: Labels) -> [Int] {
        var found = others.filter { $0.selector.matches(labels) }.map(\.id)
        for (key, value) in labels {
            guard let candidates = byPair[Pair(key: key, value: value)] else { continue }
            found += candidates.filter { $0.selector.matches(labels) }.map(\.id)
        }
        return found.sorted()
    }

    private static func requiredPairs(_ selector: LabelSelector) -> [Pair] {
        selector.matchLabels.map { Pair(key: $0.key, value: $0.value) }
            + selector.matchExpressions.compactMap { requirement in
                guard requirement.operator == .in, requirement.values.count == 1 else { return nil }
                return Pair(key: requirement.key, value: requirement.values[0])
            }
    }
}
