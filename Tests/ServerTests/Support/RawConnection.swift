import Foundation

/// A TCP connection to the service, for what no client library would send. Waiting happens on threads of its own: the
/// service under test runs on the same cooperative pool as the tests.
// @unchecked: the descriptor does not change, and one test uses it.
final class RawConnection: @unchecked Sendable {
    private let descriptor: Int32

    struct CannotConnect: Error {
        let number: Int32
    }

    /// - Parameter timeout: how long a receive waits for anything at all.
    init(port: Int, timeout: Int = 20) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var wait = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard code == 0 else { throw CannotConnect(number: errno) }
    }

    deinit { close(descriptor) }

    /// Sends all bytes; false where the other side has closed.
    @discardableResult
    func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends all bytes on a thread of its own; the value is false where the other side has closed before.
    func sendInBackground(_ text: String) -> Task<Bool, Never> { Task { await onThread { $0.send(text) } } }

    /// Sends the same few bytes again and again; returns true as soon as the other side closes, and false where it has not
    /// after so many seconds.
    ///
    /// - Parameters:
    ///   - most: how often they are sent at most.
    ///   - isReading: false to never take anything that the other side sends.
    func trickle(
        _ drop: String, most: Int = .max, every pause: Double = 0.05, for seconds: Double, isReading: Bool = true
    ) async -> Bool {
        await onThread { connection in
            let deadline = ContinuousClock.now + .seconds(seconds)
            var left = most
            while ContinuousClock.now < deadline {
                if left > 0, !connection.sendSome(drop) { return true }
                left -= 1
                Thread.sleep(forTimeInterval: pause)
                if connection.isClosed(isReading: isReading) { return true }
            }
            return false
        }
    }

    /// Sends what fits now.
    private func sendSome(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return true }
        let count = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        return count >= 0 || errno == EAGAIN
    }

    /// `POLLRDHUP`, which Glibc shows to GNU programs alone.
    private static let peerClosed: Int16 = 0x2000

    /// Looks without waiting whether the other side has closed, or reset the connection.
    private func isClosed(isReading: Bool) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN) | Self.peerClosed, revents: 0)
        guard Foundation.poll(&poll, 1, 0) > 0 else { return false }
        if poll.revents & (Int16(POLLERR | POLLHUP) | Self.peerClosed) != 0 { return true }
        guard isReading else { return false }
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN)
    }

    /// Closes the sending half.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until the other side closes, or nothing comes for the timeout.
    func receiveAll() async -> String { await onThread { $0.readAll() } }

    private func onThread<Value: Sendable>(_ work: @escaping @Sendable (RawConnection) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work(self)) }
        }
    }

    private func readAll() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }

    /// What an exchange on a connection of its own brings, until the service closes it.
    static func answer(_ port: Int, _ request: String) async throws -> String {
        let connection = try RawConnection(port: port)
        connection.send(request)
        connection.finishSending()
        return await connection.receiveAll()
    }

    /// The status of the first answer in a text; nil where there is none.
    static func status(_ answer: String) -> Int? { statuses(answer).first }

    /// The statuses of all answers in a text.
    static func statuses(_ answers: String) -> [Int] {
        answers.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    /// What comes until it contains the text, or the other side closes, or nothing comes for the timeout.
    func receive(until end: String) async -> String { await onThread { $0.read(until: end) } }

    /// What comes until it contains the text so often.
    func receive(count: Int, of end: String) async -> String { await onThread { $0.read(until: end, count: count) } }

    private func read(until end: String, count wanted: Int = 1) -> String {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while text.components(separatedBy: end).count <= wanted {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return text }
            text += String(decoding: chunk.prefix(count), as: UTF8.self)
        }
        return text
    }
}
