import Foundation
import HTTPTransport
import Store
import Testing

@testable import Server

/// The store fails while the service runs.
@Suite struct StoreTroubleTests {
    @Test func `what cannot be stored is 503, until it can be stored again, without a restart or anybody sending`()
        async throws
    {
        let service = try await RunningService.start()
        #expect(try await service.post("hubble", Flow.lines(0..<5)).status == 200)
        try service.store.setFailing(true)
        for headers in [[:], ["Idempotency-Key": "k"]] {
            let refused = try await service.post("hubble", Flow.lines(5..<10), headers: headers)
            #expect(refused.status == 503)
            #expect(refused.reason?.hasPrefix("store: ") == true)
            #expect(refused.headers["Retry-After"] == "5")
        }
        let unready = try await service.send("GET", "/readyz")
        #expect(unready.status == 503)
        #expect(unready.text == "the store cannot be written\n")
        #expect(try await service.send("GET", "/livez").status == 200)
        let status = try await service.status()
        #expect(!status.ready)
        #expect(status.store.problem != nil)
        // It stays so for as long as it is so.
        let stillBroken = ContinuousClock.now + .seconds(3)
        while ContinuousClock.now < stillBroken {
            #expect(try await service.send("GET", "/readyz").status == 503)
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try service.storedCount() == 5)
        try service.store.setFailing(false)
        try await Condition.wait { try await service.send("GET", "/readyz").status == 200 }
        #expect(try await service.post("hubble", Flow.lines(5..<10), headers: ["Idempotency-Key": "k"]).status == 200)
        #expect(try service.storedCount() == 10)
        try service.store.integrityCheck()
        try await service.stop()
    }

    @Test func `a full disk acknowledges nothing, and loses nothing that was`() async throws {
        let service = try await RunningService.start()
        #expect(try await service.post("hubble", Flow.lines(0..<100)).status == 200)
        try service.store.setRoom(pages: 2)
        let refused = try await service.post("hubble", Flow.lines(100..<20_000))
        #expect(refused.status == 503)
        #expect(refused.reason == "store: storeFull")
        #expect(try service.storedCount() == 100)
        try service.store.setRoom(pages: nil)
        try await Condition.wait { try await service.send("GET", "/readyz").status == 200 }
        #expect(try await service.post("hubble", Flow.lines(100..<20_000)).status == 200)
        #expect(try service.storedCount() == 20_000)
        try await service.stop()
    }

    @Test func `a body that was being sent while the store failed is not acknowledged`() async throws {
        let service = try await RunningService.start()
        // More than the system's own buffers hold: most of it is folded in once all is sent.
        let part = String(repeating: Flow.line(1) + "\n", count: 24_000)
        let connection = try RawConnection(port: service.port)
        let sent = connection.sendInBackground(
            "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(part.utf8.count + 1)\r\n\r\n"
                + part)
        #expect(await sent.value)
        try service.store.setFailing(true)
        #expect(try await service.post("hubble", Flow.line(2)).status == 503)
        try service.store.setFailing(false)
        connection.send("\n")
        let answer = await connection.receive(until: "}")
        #expect(RawConnection.status(answer) == 503)
        #expect(answer.contains("\"reason\":\"partly lost\""))
        #expect(try await service.post("hubble", Flow.lines(1..<3)).status == 200)
        #expect(try service.stored().count == 2)
        try await service.stop()
    }

    @Test func `another program that holds the store for a while costs a wait`() async throws {
        let service = try await RunningService.start()
        let other = try LockedStore(service.store.location.path)
        #expect(try await service.post("hubble", Flow.line(0)).status == 503)
        #expect(try await service.send("GET", "/readyz").status == 503)
        try other.release()
        try await Condition.wait { try await service.send("GET", "/readyz").status == 200 }
        #expect(try await service.post("hubble", Flow.line(0)).status == 200)
        #expect(try service.storedCount() == 1)
        try await service.stop()
    }
}
