/// Why a run cannot go on.
package struct EngineError: Error, CustomStringConvertible {
    package let code: Code
    package let message: String
    /// What the operator can do next.
    package let hint: String
    package let underlying: (any Error)?

    /// What failed.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let nothingObserved = Code(rawValue: "nothingObserved")
        package static let observedWouldBeDenied = Code(rawValue: "observedWouldBeDenied")
        package static let nameCollision = Code(rawValue: "nameCollision")
        package static let missingSetting = Code(rawValue: "missingSetting")
        package static let unreadableFile = Code(rawValue: "unreadableFile")
        package static let badTemplate = Code(rawValue: "badTemplate")
        package static let notFound = Code(rawValue: "notFound")
    }

    package init(code: Code, message: String, hint: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.underlying = underlying
    }

    package var description: String { "\(message)\n  \(hint)" }
}
