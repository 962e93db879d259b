import HTTPTransport

/// Why a repository could not be read or written; texts never hold credentials.
package struct GitError: Error, Sendable {
    /// The kind of failure; open-ended.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The name in logs.
        package let rawValue: String

        /// Makes a code.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The repository's URL cannot be used; nothing was contacted.
        package static let invalidLocation = Code(rawValue: "invalidLocation")
        /// No connection: the name does not resolve, or the host refuses or is not reachable.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The time ran out; after a push the server may have acted.
        package static let timeout = Code(rawValue: "timeout")
        /// The server wants other credentials, or these lack a right.
        package static let unauthorized = Code(rawValue: "unauthorized")
        /// There is no such repository, branch, commit or file.
        package static let notFound = Code(rawValue: "notFound")
        /// The server's certificate or host key is not trusted.
        package static let certificate = Code(rawValue: "certificate")
        /// A redirect that the network policy forbids.
        package static let redirect = Code(rawValue: "redirect")
        /// The server answered 5xx.
        package static let serverError = Code(rawValue: "serverError")
        /// The answer is not git's protocol, or the connection broke.
        package static let protocolError = Code(rawValue: "protocolError")
        /// The remote repository has no commit yet.
        package static let emptyRepository = Code(rawValue: "emptyRepository")
        /// A path that must not be written, such as `../x` or `.git/config`.
        package static let unsafePath = Code(rawValue: "unsafePath")
        /// Changes that contradict each other or what is there.
        package static let conflictingChanges = Code(rawValue: "conflictingChanges")
        /// A name, e-mail address, time, message or branch name that git cannot hold.
        package static let invalidValue = Code(rawValue: "invalidValue")
        /// The branch's name and another branch's exclude each other, such as `x` and `x/y`.
        package static let branchNameConflict = Code(rawValue: "branchNameConflict")
        /// Another process uses the cache of this repository.
        package static let locked = Code(rawValue: "locked")
        /// The cache is damaged; the next fetch rebuilds it.
        package static let corruptCache = Code(rawValue: "corruptCache")
        /// A file, tree, history or pack is larger than allowed.
        package static let tooLarge = Code(rawValue: "tooLarge")
        /// The cache folder or a key file cannot be read or written.
        package static let file = Code(rawValue: "file")
        /// libgit2 failed otherwise.
        package static let internalFailure = Code(rawValue: "internalFailure")
    }

    /// The kind of failure.
    package let code: Code
    /// What happened.
    package let message: String
    /// The operator's next step.
    package let hint: String
    /// What another module reported; nil where the failure began here.
    package let underlying: (any Error)?

    /// Makes an error; what looks like a token or a URL's user information is taken out of the message.
    package init(code: Code, message: String, hint: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = Redaction()(message)
        self.hint = hint
        self.underlying = underlying
    }

    /// The same error without some secrets, wherever they stand.
    func redacted(_ redaction: Redaction) -> GitError {
        GitError(code: code, message: redaction(message), hint: hint, underlying: underlying)
    }
}

extension GitError: CustomStringConvertible {
    /// Message and hint in one line.
    package var description: String { "\(message) (\(hint))" }
}
