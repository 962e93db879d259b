import Foundation

/// A port that takes connections and never says anything.
// @unchecked: the descriptor does not change.
final class SilentListener: @unchecked Sendable {
    let port: Int
    private let descriptor: Int32

    struct Failed: Error {
        let number: Int32
    }

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) | listen(descriptor, 8) | getsockname(descriptor, $0, &size)
            }
        }
        guard code == 0 else { throw Failed(number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// Returns once somebody has sent something, and keeps the connection open for as long as the process lives.
    func waitForRequest() throws {
        let connection = accept(descriptor, nil, nil)
        var byte: UInt8 = 0
        guard connection >= 0, recv(connection, &byte, 1, 0) == 1 else { throw Failed(number: errno) }
    }
}
