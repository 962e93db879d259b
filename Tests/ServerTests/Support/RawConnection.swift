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

    /// Closes the sending half.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until the other side closes, or nothing comes for the timeout.
    func receiveAll() async -> String { await onThread { $0.readAll() } }

    private func onThread(_ work: @escaping @Sendable (RawConnection) -> String) async -> String {
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

    /// What comes until it contains the text, or the other side closes, or nothing comes for the timeout.
    func receive(until end: String) async -> String { await onThread { $0.read(until: end) } }

    private func read(until end: String) -> String {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while !text.contains(end) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return text }
            text += String(decoding: chunk.prefix(count), as: UTF8.self)
        }
        return text
    }
}
