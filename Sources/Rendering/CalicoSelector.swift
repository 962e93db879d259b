import Domain

/// Label selectors as Calico's expressions (Calico reference, "Network policy", "Selectors").
///
/// Literals have no escapes. A label that cannot be written is one that no pod can have, so that to require it is to select
/// nobody.
enum CalicoSelector {
    private static let everybody = "all()"
    private static let nobody = "!all()"
    /// Calico labels each namespace with its name under this key.
    private static let namespaceName = "projectcalico.org/name"

    /// Pods by their own labels.
    static func pods(_ selector: LabelSelector) -> String { expression(selector) { isPodLabel($0) ? $0 : nil } }

    /// An expression may have so many characters.
    private static let longest = 1_024

    /// Pods by their own labels, in as many expressions as it takes to keep each short: all of them together select what
    /// the selector does.
    static func parts(_ selector: LabelSelector) -> [String] {
        let whole = pods(selector)
        let list = selector.matchExpressions.firstIndex { $0.operator == .in && $0.values.count > 1 }
        guard whole.utf8.count > longest, let list else { return [whole] }
        return selector.matchExpressions[list].values.halves.flatMap { half in
            var part = selector
            part.matchExpressions[list].values = half
            return parts(part)
        }
    }

    /// Namespaces by their labels.
    static func namespaces(_ selector: LabelSelector) -> String {
        var selector = selector
        // Every namespace has it.
        selector.matchExpressions.removeAll { $0.key == GeneratedName.namespaceLabel && $0.operator == .exists }
        return expression(selector) { $0 == GeneratedName.namespaceLabel ? namespaceName : isLabel($0) ? $0 : nil }
    }

    private static func expression(_ selector: LabelSelector, key: (String) -> String?) -> String {
        let pairs = selector.matchLabels.sorted { $0.key < $1.key }.map { pair -> String in
            guard let key = key(pair.key), let value = literal(pair.value) else { return nobody }
            return "\(key) == \(value)"
        }
        let terms = pairs + selector.matchExpressions.compactMap { term($0, key: key($0.key)) }
        return terms.isEmpty ? everybody : terms.joined(separator: " && ")
    }

    /// Nil for what every label satisfies.
    private static func term(_ requirement: LabelSelector.Requirement, key: String?) -> String? {
        let isPositive = requirement.operator == .in || requirement.operator == .exists
        guard let key else { return isPositive ? nobody : nil }
        let values = requirement.values.compactMap(literal)
        switch requirement.operator {
        case .exists: return "has(\(key))"
        case .doesNotExist: return "!has(\(key))"
        case .in: return values.isEmpty ? nobody : "\(key) in {\(values.joined(separator: ", "))}"
        case .notIn: return values.isEmpty ? nil : "\(key) not in {\(values.joined(separator: ", "))}"
        }
    }

    private static func literal(_ value: String) -> String? {
        if !value.utf8.contains(UInt8(ascii: "'")) { return "'\(value)'" }
        return value.utf8.contains(UInt8(ascii: "\"")) ? nil : "\"\(value)\""
    }

    private static func isPodLabel(_ key: String) -> Bool {
        isLabel(key) && !["projectcalico.org/", "pcns.", "pcsa."].contains { key.hasPrefix($0) }
    }

    private static func isLabel(_ key: String) -> Bool {
        !key.isEmpty
            && key.utf8.allSatisfy {
                (97...122).contains($0 | 32) || (48...57).contains($0) || "-_./".utf8.contains($0)
            }
    }
}

extension Array {
    /// The elements in lists of at most so many; none for no element.
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }

    fileprivate var halves: [[Element]] { chunks(of: (count + 1) / 2) }
}
