/// How a push ended.
package enum PushResult: Sendable, Hashable {
    /// The branch is now what it was to become.
    case pushed
    /// The branch was so already, for example after a push whose answer was lost; nothing was sent.
    case upToDate
    /// The server refused, by a hook or a protected branch; nothing changed.
    case rejected(PushRejection)
    /// The branch was not what was expected: somebody else moved, made or deleted it; nil for no such branch.
    case leaseLost(actual: CommitID?)
}

/// Why a server refused a push.
package struct PushRejection: Sendable, Hashable {
    /// The server's reason, such as `pre-receive hook declined`.
    package let reason: String
    /// What its hooks said, line by line, without secrets and control characters; often empty.
    package let serverText: String
}
