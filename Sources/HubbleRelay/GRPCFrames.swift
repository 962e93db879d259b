/// Cuts the body of a gRPC answer into messages, wherever the pieces are cut (grpc/grpc, doc/PROTOCOL-HTTP2.md:
/// `Length-Prefixed-Message`).
package struct GRPCFrames: Sendable {
    /// Why the bytes cannot be cut any further.
    package enum Fault: Error, Sendable, Equatable {
        /// The message is compressed, which was not offered.
        case compressed
        /// The first byte is neither 0 nor 1: no gRPC.
        case notGRPC
        /// A length that no message of Relay has, so that the rest of the stream is in doubt.
        case absurdLength(UInt32)
    }

    private static let headerBytes = 5
    /// A message up to this size is passed over; a longer one is no message.
    private static let absurdLength: UInt32 = 256 << 20

    private let maxMessageBytes: Int
    /// A header or a message that is not complete yet; never more than one message.
    private var pending: [UInt8] = []
    /// What is still to come of a message that is too large.
    private var passing = 0
    /// Messages that were passed over because they are too large.
    package private(set) var oversized = 0

    /// Frames with a bound on each message; 4 MiB is what gRPC's clients take.
    package init(maxMessageBytes: Int = 4 << 20) { self.maxMessageBytes = maxMessageBytes }

    /// Whether the bytes so far end where a message ends.
    package var isComplete: Bool { pending.isEmpty && passing == 0 }

    /// Hands on each message that a piece completes, for the length of the call; memory holds one message at most.
    package mutating func take(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
    {
        var rest = piece
        while !rest.isEmpty {
            if passing > 0 {
                let passed = min(passing, rest.count)
                passing -= passed
                rest = rest.dropping(passed)
            } else if pending.isEmpty {
                rest = try takeWhole(rest, body)
            } else {
                rest = try complete(with: rest, body)
            }
        }
    }

    /// Takes a message that lies in the piece as a whole, or keeps the beginning of one.
    private mutating func takeWhole(
        _ rest: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> UnsafeRawBufferPointer {
        guard rest.count >= Self.headerBytes else { return keep(rest, rest.count) }
        guard let length = try checkedLength(rest) else { return rest.dropping(Self.headerBytes) }
        let end = Self.headerBytes + length
        guard rest.count >= end else {
            pending.reserveCapacity(min(end, 64 << 10))
            return keep(rest, rest.count)
        }
        try body(UnsafeRawBufferPointer(rebasing: rest[Self.headerBytes..<end]))
        return rest.dropping(end)
    }

    /// Takes what is missing of the pending message.
    private mutating func complete(
        with rest: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> UnsafeRawBufferPointer {
        guard pending.count >= Self.headerBytes else {
            let left = keep(rest, min(rest.count, Self.headerBytes - pending.count))
            guard pending.count == Self.headerBytes else { return left }
            guard let length = try checkedPendingLength() else {
                pending.removeAll()
                return left
            }
            // An empty message is complete with its header.
            if length == 0 { try deliver(body) }
            return left
        }
        let length = pending.withUnsafeBytes { Int(Self.length(of: $0)) }
        let missing = Self.headerBytes + length - pending.count
        let left = keep(rest, min(rest.count, missing))
        if rest.count >= missing { try deliver(body) }
        return left
    }

    private mutating func checkedPendingLength() throws(Fault) -> Int? {
        let length = pending.withUnsafeBytes { Self.length(of: $0) }
        return try checkedLength(flag: pending[0], length)
    }

    private mutating func deliver(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        defer { pending.removeAll(keepingCapacity: pending.capacity <= 256 << 10) }
        try pending.withUnsafeBytes { try body($0.dropping(Self.headerBytes)) }
    }

    private mutating func keep(_ rest: UnsafeRawBufferPointer, _ count: Int) -> UnsafeRawBufferPointer {
        pending.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<count]))
        return rest.dropping(count)
    }

    private static func length(of header: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    }

    /// The length of the message behind a header; nil for one that is passed over.
    private mutating func checkedLength(_ header: UnsafeRawBufferPointer) throws(Fault) -> Int? {
        try checkedLength(flag: header[0], Self.length(of: header))
    }

    private mutating func checkedLength(flag: UInt8, _ length: UInt32) throws(Fault) -> Int? {
        switch flag {
        case 0: break
        case 1: throw .compressed
        default: throw .notGRPC
        }
        guard length <= Self.absurdLength else { throw .absurdLength(length) }
        guard Int(length) > maxMessageBytes else { return Int(length) }
        oversized += 1
        passing = Int(length)
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes behind the first ones.
    fileprivate func dropping(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[count...])
    }
}

extension RelayError {
    /// The error for bytes that are not gRPC's.
    init(_ fault: GRPCFrames.Fault) {
        switch fault {
        case .compressed:
            self.init(
                code: .notGRPC, message: "Relay sends a compressed message, which was not asked for",
                hint: "switch compression off in the proxy before Relay")
        case .notGRPC:
            self.init(
                code: .notGRPC, message: "the server does not speak gRPC",
                hint: "check that the address is Hubble Relay's, and that no proxy answers in its place")
        case .absurdLength(let length):
            self.init(
                code: .notGRPC, message: "a message of \(length) bytes: the stream is in disorder",
                hint: "check that no proxy changes what Relay sends")
        }
    }
}
