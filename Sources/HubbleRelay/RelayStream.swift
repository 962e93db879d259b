package import HTTPTransport

/// Follows the flows of a cluster through Hubble Relay: connects, delivers JSON lines as they come, and connects again.
package struct RelayStream: Sendable {
    private let target: RelayTarget
    private let options: RelayOptions
    private let clock: any RelayClock
    private let report: @Sendable (RelayEvent) -> Void

    /// A stream that is not connected yet. `report` is called from the thread that runs it.
    package init(
        target: RelayTarget, options: RelayOptions = RelayOptions(), clock: any RelayClock = SystemRelayClock(),
        report: @escaping @Sendable (RelayEvent) -> Void
    ) {
        self.target = target
        self.options = options
        self.clock = clock
        self.report = report
    }

    /// Runs until the flag is set, which is noticed within about a second, or `deliver` throws, whose error it throws.
    /// Everything else is reported, and tried again. Blocks its thread: call it off the cooperative pool.
    ///
    /// `deliver` gets whole lines, as `hubble observe -o jsonpb` prints them, for the length of the call, with 64 readable
    /// bytes behind them; and the position behind these lines, to be stored with what they become. When it returns the
    /// lines are taken: nothing is read from the network meanwhile. A run from a stored position delivers what came
    /// behind it, and no record twice that is still remembered (some 16,000 records in a stored position).
    package func run(
        resuming cursor: RelayCursor?, cancellation: CancellationFlag,
        using randomness: inout some RandomNumberGenerator,
        deliver: (UnsafeRawBufferPointer, RelayCursor) throws -> Void
    ) throws {
        try withoutActuallyEscaping(deliver) { deliver in
            let receiver = RelayReceiver(resuming: cursor, options: options, report: report, deliver: deliver)
            var backOff = BackOff(options: options)
            while !cancellation.isSet {
                let begun = clock.uptime
                let error = follow(receiver, cancellation)
                if let refusal = receiver.refusal { throw refusal }
                guard !cancellation.isSet else { return }
                let hasWorked = receiver.hasDelivered && clock.uptime - begun >= options.provenAfter
                let wait = backOff.wait(after: error, hasWorked: hasWorked, using: &randomness)
                report(.disconnected(error, retryIn: wait))
                clock.wait(wait, unless: cancellation)
            }
        }
    }

    /// Runs one stream to its end, and says why it ended.
    private func follow(_ receiver: RelayReceiver, _ cancellation: CancellationFlag) -> RelayError {
        let since = receiver.since
        receiver.begin(at: clock.now)
        // A client of its own, so that nothing of certificates and authorities is remembered between connections.
        let client = HTTPClient(policy: target.policy(silence: options.silence, connectTimeout: options.connectTimeout))
        let call = FlowsRequest(since: since).call(to: target.url)
        do throws(HTTPError) {
            let end = try client.stream(call, cancellation: cancellation) { piece in
                receiver.take(piece, at: clock.now, since: since)
            }
            return receiver.fault ?? Self.error(of: end)
        } catch {
            return receiver.fault
                ?? RelayError(error, hasAnswered: receiver.hasAnswered, tls: target.tls)
        }
    }

    private static func error(of end: HTTPStreamEnd) -> RelayError {
        guard end.response.isSuccess else {
            return RelayError(GRPCStatus(httpStatus: end.response.status))
        }
        guard let status = GRPCStatus(headers: end.response.headers, trailers: end.trailers) else {
            return RelayError(
                code: .unavailable, message: "the stream ended without a status",
                hint: "check whether Relay was restarted, or what stands before it cuts long connections")
        }
        return RelayError(status)
    }
}
