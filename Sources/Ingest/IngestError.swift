/// Why a run could not go on. Bad records are no errors: they are counted.
package struct IngestError: Error, CustomStringConvertible {
    package let code: Code
    package let message: String
    /// What the operator can do.
    package let hint: String
    package let underlying: (any Error)?

    /// What failed.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let cannotOpen = Code(rawValue: "cannotOpen")
        package static let cannotRead = Code(rawValue: "cannotRead")
        package static let cannotDecompress = Code(rawValue: "cannotDecompress")
    }

    package init(code: Code, message: String, hint: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.underlying = underlying
    }

    /// A library that cannot begin or go on, whatever the input says.
    init(cannotDecompress library: String, reason: String) {
        self.init(
            code: .cannotDecompress, message: "\(library) cannot decompress here (\(reason))",
            hint: "free memory, or install the \(library) that the program was built with")
    }

    package var description: String { "\(message) (\(hint))" }
}
