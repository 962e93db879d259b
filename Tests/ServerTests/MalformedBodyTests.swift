import Domain
import Foundation
import HTTPTransport
import MalformedBodies
import Store
import Testing

@testable import Server

/// The corpus of bad bodies, over HTTP: what the module Ingest makes of them is tried there.
@Suite(.serialized) struct MalformedBodyServiceTests {
    /// Of several senders at once, so that bad bodies stand beside each other in one lane.
    private static let senders = 8

    private func send(_ body: MalformedBody, to service: RunningService) async throws -> HTTPResponse {
        var headers = ["Content-Type": body.contentType]
        headers["Content-Encoding"] = body.contentEncoding
        return try await service.send(
            "POST", "/v1/observations/\(body.source.rawValue)", body: body.bytes, headers: headers)
    }

    @Test func `each of them is answered, what is good is kept, and the service goes on`() async throws {
        #expect(MalformedBody.sampled.count >= 500)
        let service = try await RunningService.start()
        let bodies = MalformedBody.sampled
        let kept = try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in 0..<Self.senders {
                group.addTask {
                    var kept = 0
                    for body in bodies.enumerated() where body.offset % Self.senders == sender {
                        kept += try await check(body.element, service)
                    }
                    return kept
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(kept > 100)
        // The connection that asks is the only one left.
        try await Condition.wait { try await service.metric("leastwise_connections") == 1 }
        #expect(try await service.post("hubble", Flow.line(7)).answer.accepted == 1)
        try service.store.integrityCheck()
        try await service.stop()
    }

    /// Sends one body; returns how many good records it was told to keep.
    private func check(_ body: MalformedBody, _ service: RunningService) async throws -> Int {
        let response = try await send(body, to: service)
        #expect([200, 400].contains(response.status), "\(body): \(response.status) \(response.text)")
        guard response.status == 200 else {
            #expect(response.reason == "damaged" || response.reason == "nothing usable", "\(body): \(response.text)")
            return 0
        }
        let answer = try response.answer
        guard let good = body.goodRecords else { return 0 }
        #expect(answer.accepted >= good, "\(body): \(response.text)")
        if let others = body.otherRecords {
            #expect(answer.accepted + answer.ignored.total + answer.rejected.total == good + others, "\(body)")
        }
        return good
    }
}
