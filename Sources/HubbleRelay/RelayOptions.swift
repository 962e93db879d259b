package import Domain

/// Bounds and waits of a flow stream.
package struct RelayOptions: Sendable, Equatable {
    /// Where a stream without a position begins: the default is all that Relay holds; nil for what comes next.
    package var beginning: Timestamp? = Timestamp(seconds: 0)
    /// Larger messages are passed over and counted. gRPC's clients take 4 MiB.
    package var maxMessageBytes = 4 << 20
    /// How long nothing may come before the stream counts as dead. A cluster with one pod is not silent for as long.
    package var silence: Duration = .seconds(300)
    /// Until the connection stands, TLS included.
    package var connectTimeout: Duration = .seconds(10)
    /// The upper bound of the first wait; it doubles with each failure.
    package var firstBackOff: Duration = .seconds(1)
    /// No wait is shorter.
    package var leastBackOff: Duration = .milliseconds(100)
    /// The upper bound of all waits.
    package var longestBackOff: Duration = .seconds(60)
    /// About how long to wait after what only a person can change.
    package var lastingBackOff: Duration = .seconds(300)
    /// How long a stream has to stand, and deliver, before the waits begin anew.
    package var provenAfter: Duration = .seconds(10)

    /// The defaults.
    package init() {}
}
