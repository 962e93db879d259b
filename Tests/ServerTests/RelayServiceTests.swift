import Domain
import Foundation
import HTTPTransport
import Store
import Testing

@testable import Server

@Suite struct RelayServiceTests {
    /// The stream itself is tried against an independent gRPC server in HubbleRelayTests; here is how the service tells.
    @Test func `a Relay that does not answer is reported, and is no reason to stop`() async throws {
        // A port that nobody listens on: it was bound and closed.
        let closed = try RawListener().port
        let service = try await RunningService.start(["relay.address": "127.0.0.1:\(closed)", "relay.tls": "no"])
        try await Condition.wait {
            let status = try await service.send("GET", "/v1/status").text
            return status.contains("\"name\":\"relay\"") && status.contains("\"isUp\":false")
        }
        #expect(try await service.metric("leastwise_source_up{source=\"relay\"}") == 0)
        #expect(try await service.post("hubble", Flow.line(0)).status == 200)
        #expect(try await service.send("GET", "/readyz").status == 200)
        try await service.stop()
    }

    @Test func `an address that is none is refused at the start`() async throws {
        await #expect(throws: (any Error).self) { try await RunningService.start(["relay.address": "nowhere"]) }
    }
}

/// A port of this machine that is free.
struct RawListener {
    let port: Int

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard code == 0 else { throw RawConnection.CannotConnect(number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }
}
