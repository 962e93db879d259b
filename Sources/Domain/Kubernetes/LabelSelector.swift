/// `metav1.LabelSelector`: matches a set of labels. An empty selector matches everything.
package struct LabelSelector: Hashable, Sendable, Codable {
    package var matchLabels: Labels
    package var matchExpressions: [Requirement]

    package init(matchLabels: Labels = [:], matchExpressions: [Requirement] = []) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// One of `matchExpressions`.
    package struct Requirement: Hashable, Sendable, Codable {
        package var key: String
        package var `operator`: Operator
        /// Empty for Exists and DoesNotExist.
        package var values: [String]

        package init(key: String, operator: Operator, values: [String] = []) {
            self.key = key
            self.operator = `operator`
            self.values = values
        }
    }

    /// How a label is compared.
    package enum Operator: String, Hashable, Sendable, Codable {
        case `in` = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
    }

    package var isEmpty: Bool { matchLabels.isEmpty && matchExpressions.isEmpty }
}
