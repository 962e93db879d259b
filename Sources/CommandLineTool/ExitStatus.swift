/// How the program ends. Documented in the README; usage errors end with 64 (`EX_USAGE` of sysexits).
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done, or nothing to do.
    case success = 0
    /// Something failed: the message names it and the next step.
    case failure = 1
    /// Something observed would be denied; nothing was proposed for the scopes named.
    case observedWouldBeDenied = 3
    /// The repository's server refused a push.
    case pushRejected = 4
    /// `doctor` found something to mend.
    case needsAttention = 5
    /// The command line or the configuration is wrong.
    case usage = 64
}
