package import Domain
package import HTTPTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The time that a stream needs: of the day, for its position, and elapsed, for its waits.
package protocol RelayClock: Sendable {
    /// The time of the day.
    var now: Timestamp { get }
    /// Time that never jumps.
    var uptime: Duration { get }
    /// Blocks for a time, or until the flag is set.
    func wait(_ duration: Duration, unless cancellation: CancellationFlag)
}

/// The machine's clocks.
package struct SystemRelayClock: RelayClock {
    private static let origin = ContinuousClock.now
    /// How soon a flag is noticed.
    private static let step: Duration = .milliseconds(100)

    /// The machine's clocks.
    package init() {}

    /// The time of the day, as the machine has it.
    package var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Time since this clock was first asked.
    package var uptime: Duration { Self.origin.duration(to: .now) }

    /// Blocks for a time, or until a tenth of a second after the flag is set.
    package func wait(_ duration: Duration, unless cancellation: CancellationFlag) {
        let end = uptime + duration
        while !cancellation.isSet, uptime < end {
            let rest = min(Self.step, end - uptime)
            usleep(UInt32(max(rest.components.attoseconds / 1_000_000_000_000, 1)))
        }
    }
}
