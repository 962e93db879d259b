/// Labels that select pods in a generated policy: at least one, always.
///
/// An empty selector means every pod (API reference, LabelSelector), so that this type cannot hold one.
package struct PodLabels: Hashable, Sendable, Codable {
    package let labels: Labels

    /// Nil if there is no label.
    package init?(_ labels: Labels) {
        guard !labels.isEmpty else { return nil }
        self.labels = labels
    }

    /// True if pods with these labels are selected.
    package func match(_ podLabels: Labels) -> Bool {
        labels.allSatisfy { podLabels[$0.key] == $0.value }
    }

    package var selector: LabelSelector { LabelSelector(matchLabels: labels) }
}

extension PodLabels: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.sortedPairs.lexicographicallyPrecedes(right.sortedPairs)
    }

    private var sortedPairs: [String] { labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
}
