import Domain

/// The judge's word on a set of policies: how much of what was observed it allows.
package struct ReplayReport: Hashable, Sendable {
    package let observed: Int
    package let allowed: Int
    /// Sorted.
    package let denied: [Denied]

    /// One observation that would be denied.
    package struct Denied: Hashable, Comparable, Sendable {
        /// The observation in words.
        package let what: String
        /// What denies it: policies, or that no role grants it.
        package let by: [String]

        package init(what: String, by: [String]) {
            self.what = what
            self.by = by
        }

        package var text: String { "\(what), denied by \(by.joined(separator: ", "))" }

        package static func < (left: Self, right: Self) -> Bool {
            ExactText(left.text) < ExactText(right.text)
        }
    }

    package init(observed: Int, denied: [Denied]) {
        self.observed = observed
        self.denied = denied.sorted()
        allowed = observed - denied.count
    }
}
