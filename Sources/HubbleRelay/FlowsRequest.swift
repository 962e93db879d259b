package import Domain
import HTTPTransport

/// A `GetFlowsRequest` (observer.proto).
///
/// `since` goes before `number` and `first`; `first` is refused together with `follow` (Cilium, pkg/hubble/observer,
/// `newRingReader`, `validateRequest`). Without any of them a follow stream begins with what comes next.
package struct FlowsRequest: Sendable, Equatable {
    /// Whether the stream goes on with what happens next.
    package var follow = true
    /// The oldest time wanted, inclusive.
    package var since: Timestamp?
    /// How many flows are wanted; 0 for no bound.
    package var number: UInt64 = 0
    /// Whether these are the oldest ones instead of the newest.
    package var first = false

    /// A request for what comes next.
    package init(follow: Bool = true, since: Timestamp? = nil, number: UInt64 = 0, first: Bool = false) {
        self.follow = follow
        self.since = since
        self.number = number
        self.first = first
    }

    /// The message.
    package var encoded: [UInt8] {
        var writer = ProtobufWriter()
        writer.add(1, integer: number)
        writer.add(3, integer: follow ? 1 : 0)
        if let since {
            let (seconds, rest) = max(since.rawValue, 0).quotientAndRemainder(dividingBy: 1_000_000_000)
            writer.add(7, seconds: seconds, nanoseconds: Int32(rest))
        }
        writer.add(9, integer: first ? 1 : 0)
        return writer.bytes
    }

    /// The call as an HTTP request (grpc/grpc, doc/PROTOCOL-HTTP2.md); no compression is offered.
    func call(to url: String) -> HTTPRequest {
        let message = encoded
        let length = UInt32(message.count)
        let header = [0] + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt32($0)) }
        return HTTPRequest(
            method: "POST", url: url,
            headers: HTTPHeaders([
                (name: "Content-Type", value: "application/grpc"), (name: "TE", value: "trailers"),
                (name: "grpc-accept-encoding", value: "identity"),
            ]),
            body: .bytes(header + message))
    }
}
