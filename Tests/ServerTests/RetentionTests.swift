import AppConfiguration
import Domain
import Testing

@testable import Server

@Suite struct RetentionTests {
    private func window(usedPercent: Int) throws -> (days: Int, isAtBound: Bool) {
        let flags = [
            "retention.days": "400", "retention.minimumDays": "100", "retention.maximumMebibytes": "1000",
        ]
        let settings = try Settings(ResolvedConfiguration(flags: flags, environment: [:], file: .empty))
        return RetentionWindow(settings.upkeep).days(usedBytes: Int64(usedPercent) * 10 << 20)
    }

    @Test(arguments: [(0, 400), (90, 400), (95, 250), (100, 100), (200, 100)])
    func `the window shrinks as the store comes near its bound`(percent: Int, days: Int) throws {
        #expect(try window(usedPercent: percent).days == days)
        #expect(try window(usedPercent: percent).isAtBound == (percent >= 100))
    }

    @Test func `the service forgets what was last seen before the window`() async throws {
        let service = try await RunningService.start(["retention.days": "100", "retention.minimumDays": "100"])
        _ = try await service.post("hubble", Flow.lines(0..<20, time: "2026-01-01T10:00:00Z"))
        #expect(try service.stored().count == 20)
        try await service.stop()
        let again = try await RunningService.start(
            ["retention.days": "100", "retention.minimumDays": "100"], in: service.folder)
        _ = try await again.post("hubble", Flow.lines(100..<105, time: "2026-06-01T10:00:00Z"))
        try await again.stop()
        // The first look is at the start, when the newest record tells what is old.
        let last = try await RunningService.start(
            ["retention.days": "100", "retention.minimumDays": "100"], in: service.folder)
        try await Condition.wait { try last.stored().count == 5 }
        // Counted once the sweep has ended.
        try await Condition.wait { try await last.metric("leastwise_pruned_rows_total") > 0 }
        try await last.stop()
    }
}
