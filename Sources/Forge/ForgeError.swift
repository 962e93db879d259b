package import HTTPTransport

/// Why a forge did not do what it was asked; texts never hold tokens.
package struct ForgeError: Error, Sendable, Equatable {
    /// The kind of failure; open-ended.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The name in logs.
        package let rawValue: String

        /// Makes a code.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The settings cannot work: URL, repository or token.
        package static let configuration = Code(rawValue: "configuration")
        /// The token is not accepted.
        package static let unauthorized = Code(rawValue: "unauthorized")
        /// The token lacks a right, or the repository is archived.
        package static let forbidden = Code(rawValue: "forbidden")
        /// The repository, branch or pull request is not there, or the token may not see it.
        package static let notFound = Code(rawValue: "notFound")
        /// The forge refuses what was sent.
        package static let validation = Code(rawValue: "validation")
        /// Something else changed at the same time.
        package static let conflict = Code(rawValue: "conflict")
        /// The forge asks to wait longer than is allowed here.
        package static let rateLimited = Code(rawValue: "rateLimited")
        /// No answer, or only server errors.
        package static let unavailable = Code(rawValue: "unavailable")
        /// An answer that is not the forge's API.
        package static let unexpectedAnswer = Code(rawValue: "unexpectedAnswer")
    }

    /// The kind of failure.
    package let code: Code
    /// What happened, with method and path.
    package let message: String
    /// The operator's next step.
    package let hint: String
    /// The HTTP status; nil where there was no answer.
    package let status: Int?
    /// The transport's error where there was no answer.
    package let underlying: HTTPError?

    /// Makes an error.
    package init(code: Code, message: String, hint: String, status: Int? = nil, underlying: HTTPError? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
        self.underlying = underlying
    }

    /// Whether the forge may have acted although it did not say so.
    var isAmbiguous: Bool {
        if let underlying { return underlying.mayHaveReachedServer }
        return status.map { $0 >= 500 } ?? false
    }
}

extension ForgeError: CustomStringConvertible {
    /// Message and hint in one line.
    package var description: String { "\(message) (\(hint))" }
}
