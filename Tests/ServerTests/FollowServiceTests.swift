import Domain
import Foundation
import HTTPTransport
import Store
import Testing

@testable import Server

@Suite struct FollowServiceTests {
    private static let settings = ["follow.hubble": "{folder}/hubble", "follow.pollMilliseconds": "20"]

    private func append(_ text: String, to name: String, in folder: TemporaryFolder) throws {
        let url = folder.url.appending(path: "hubble").appending(path: name)
        if !FileManager.default.fileExists(atPath: url.path) {
            _ = try folder.write("", to: "hubble/\(name)")
        }
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    @Test func `records count once over rotation and restarts`() async throws {
        let folder = try TemporaryFolder()
        try append(Flow.lines(0..<50), to: "events.log", in: folder)
        let first = try await RunningService.start(Self.settings, in: folder)
        try await Condition.wait { try first.storedCount() == 50 }
        try append(Flow.lines(50..<80), to: "events.log", in: folder)
        try await Condition.wait { try first.storedCount() == 80 }
        #expect(try await first.metric("leastwise_source_up{source=\"follow:hubble\"}") == 1)
        try await first.stop()

        // Rotated while nothing ran, with records that were not read.
        try append(Flow.lines(80..<90), to: "events.log", in: folder)
        try FileManager.default.moveItem(
            at: folder.url.appending(path: "hubble/events.log"),
            to: folder.url.appending(path: "hubble/events-2026-11-01T08-30-00.000.log"))
        try append(Flow.lines(90..<120), to: "events.log", in: folder)
        let second = try await RunningService.start(Self.settings, in: folder)
        try await Condition.wait { try second.storedCount() >= 120 }
        try append(Flow.lines(120..<121), to: "events.log", in: folder)
        try await Condition.wait { try second.storedCount() >= 121 }
        #expect(try second.storedCount() == 121)
        #expect(try second.stored().allSatisfy { $0.fact.count == 1 })
        try await second.stop()
    }

    @Test func `what a failed commit held is read again`() async throws {
        let folder = try TemporaryFolder()
        try append(Flow.lines(0..<10), to: "events.log", in: folder)
        let service = try await RunningService.start(Self.settings, in: folder)
        try await Condition.wait { try service.storedCount() == 10 }
        try service.store.limitSize(bytes: 1)
        try append(Flow.lines(1000..<9000), to: "events.log", in: folder)
        try await Condition.wait { try await service.send("GET", "/readyz").status == 503 }
        try service.store.limitSize(bytes: nil)
        try await Condition.wait { try service.storedCount() == 8010 }
        #expect(try service.stored().allSatisfy { $0.fact.count == 1 })
        try await service.stop()
    }
}
