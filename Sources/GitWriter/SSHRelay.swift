import Dispatch
import HTTPTransport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Carries one ssh connection between libgit2 and the server, because libgit2 itself waits for ever.
///
/// libgit2 connects to a port of 127.0.0.1, whose bytes go to the server and back until either side leaves, nothing
/// moves for the stall timeout, or the total time is over. What is carried is ssh's own cipher text.
final class SSHRelay: Sendable {
    /// The port for libgit2.
    let port: Int
    private let problem = Mutex<GitError?>(nil)

    /// Connects to the server and waits for libgit2 on a thread of its own.
    init(host: String, port: Int, policy: HTTPPolicy) throws(GitError) {
        let server = try Socket(host: host, port: port, timeout: policy.connectTimeout)
        let listener = try Socket(listening: ())
        self.port = listener.port
        let ends = Mutex<Ends?>(Ends(listener: listener, server: server))
        DispatchQueue(label: "leastwise.git.ssh").async {
            guard let ends = ends.withLock({ $0.take() }) else { return }
            self.run(ends, policy, name: "\(host) port \(port)")
        }
    }

    /// Why the connection was cut; nil while it was not.
    var failure: GitError? { problem.withLock { $0 } }

    private struct Ends: ~Copyable {
        let listener: Socket
        let server: Socket
    }

    private func run(_ ends: consuming Ends, _ policy: HTTPPolicy, name: String) {
        guard let client = ends.listener.accepted(until: .now + policy.connectTimeout) else { return }
        let deadline = policy.totalTimeout.map { ContinuousClock.now + $0 }
        var up = RelayBuffer()
        var down = RelayBuffer()
        var lastMove = ContinuousClock.now
        while !up.isFinished, !down.isFinished {
            let patience = lastMove + policy.stallTimeout
            let limit = min(patience, deadline ?? patience)
            Self.wait(client, ends.server, up, down, until: limit)
            guard ContinuousClock.now < limit else {
                problem.withLock { $0 = Self.timeout(name) }
                return
            }
            let hasMovedUp = up.move(from: client, to: ends.server)
            let hasMovedDown = down.move(from: ends.server, to: client)
            if hasMovedUp || hasMovedDown { lastMove = .now }
        }
    }

    /// Waits until a byte can move in either direction, or the time is over.
    private static func wait(
        _ client: borrowing Socket,
        _ server: borrowing Socket,
        _ up: borrowing RelayBuffer,
        _ down: borrowing RelayBuffer,
        until deadline: ContinuousClock.Instant
    ) {
        var entries = [entry(client, reading: up, writing: down), entry(server, reading: down, writing: up)]
        _ = unsafe poll(&entries, nfds_t(entries.count), Socket.milliseconds(until: deadline))
    }

    private static func entry(
        _ socket: borrowing Socket,
        reading: borrowing RelayBuffer,
        writing: borrowing RelayBuffer
    ) -> pollfd {
        let events = (reading.isEmpty ? POLLIN : 0) | (writing.isEmpty ? 0 : POLLOUT)
        // A side that nothing is wanted of must not wake the loop by hanging up.
        return pollfd(fd: events == 0 ? -1 : socket.descriptor, events: Int16(events), revents: 0)
    }

    private static func timeout(_ name: String) -> GitError {
        GitError(
            code: .timeout,
            message: "\(name) fell silent, or the whole took too long",
            hint: "check the network path and the server's load, or raise the timeout"
        )
    }
}

/// The bytes of one direction that were read and not written yet.
struct RelayBuffer: ~Copyable {
    private var bytes = [UInt8](repeating: 0, count: 64 << 10)
    private var pending = 0..<0
    /// Whether a side left, and nothing of this direction is left to write.
    private(set) var isFinished = false

    var isEmpty: Bool { pending.isEmpty }

    /// Moves what can move without waiting; returns whether anything did.
    mutating func move(from source: borrowing Socket, to target: borrowing Socket) -> Bool {
        var hasMoved = false
        if pending.isEmpty {
            let outcome = unsafe bytes.withUnsafeMutableBytes { unsafe source.receive(into: $0) }
            if case .moved(let count) = outcome {
                pending = 0..<count
                hasMoved = true
            }
            isFinished = outcome == .closed
        }
        guard !pending.isEmpty else { return hasMoved }
        let range = pending
        let outcome = unsafe bytes.withUnsafeBytes {
            unsafe target.transmit(UnsafeRawBufferPointer(rebasing: $0[range]))
        }
        if case .moved(let count) = outcome {
            pending = range.lowerBound + count..<range.upperBound
            hasMoved = true
        }
        isFinished = outcome == .closed
        return hasMoved
    }
}
