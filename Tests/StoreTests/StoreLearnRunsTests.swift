import Domain
import Testing

@testable import Store

struct StoreLearnRunsTests {
    private func time(_ second: Int64) -> Timestamp { Sample.time(day: 20_000, second: second) }

    @Test func `records runs from their beginning to their end`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        #expect(try store.lastRuns() == [])
        #expect(try store.lastServedSlot() == nil)
        let first = try store.beginRun(.schedule, slot: time(60), now: time(61))
        #expect(
            try store.lastRuns() == [
                LearnRun(
                    id: first, trigger: .schedule, started: time(61), finished: nil, outcome: .running, summary: "{}")
            ])
        #expect(try store.lastServedSlot() == time(60))
        try store.finishRun(first, .succeeded, summary: #"{"proposals":2}"#, now: time(70))
        let second = try store.beginRun(.request, now: time(80))
        try store.finishRun(second, .failed, summary: #"{"error":"forge"}"#, now: time(79))
        let third = try store.beginRun(.start, now: time(90))
        let runs = try Store(path: folder.file()).lastRuns(limit: 3)
        #expect(runs.map(\.id) == [third, second, first])
        #expect(runs.map(\.outcome) == [.running, .failed, .succeeded])
        #expect(runs.map(\.trigger) == [.start, .request, .schedule])
        // A run does not end before it began, whatever the clock says.
        #expect(runs.map(\.finished) == [nil, time(80), time(70)])
        #expect(runs[2].summary == #"{"proposals":2}"#)
        #expect(try store.lastRuns(limit: 1).map(\.id) == [third])
        #expect(try store.lastServedSlot() == time(60))
    }

    @Test func `marks what a killed process left open as interrupted, and lets it end nevertheless`() throws {
        let folder = try TemporaryFolder()
        let lost = try Store(path: folder.file()).beginRun(.schedule, slot: time(60), now: time(61))
        let store = try Store(path: folder.file())
        _ = try store.beginRun(.start, now: time(100))
        let run = try #require(try store.lastRuns().last)
        #expect(run.id == lost)
        #expect(run.outcome == .interrupted)
        #expect(run.finished == time(100))
        try store.finishRun(lost, .succeeded, summary: "{}", now: time(110))
        #expect(try store.lastRuns().map(\.outcome) == [.running, .succeeded])
    }

    @Test func `keeps the newest hundred runs, and the newest slot that was served`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let first = try store.beginRun(.schedule, slot: time(60), now: time(61))
        _ = try store.beginRun(.schedule, slot: time(30), now: time(62))
        for second in 100..<203 as Range<Int64> { _ = try store.beginRun(.request, now: time(second)) }
        let runs = try store.lastRuns(limit: 1000)
        #expect(runs.count == 100)
        #expect(runs.map(\.started) == (103..<203).reversed().map { time($0) })
        #expect(try store.lastServedSlot() == time(60))
        try store.finishRun(first, .succeeded, summary: "{}", now: time(300))
        #expect(try store.lastRuns(limit: 1000) == runs)
    }

    @Test(arguments: ["", "{", "\"" + String(repeating: "x", count: 70_000) + "\""])
    func `refuses a summary that is no JSON or too long`(summary: String) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let run = try store.beginRun(.start, now: time(0))
        let error = #expect(throws: StoreError.self) {
            try store.finishRun(run, .succeeded, summary: summary, now: time(1))
        }
        #expect(error?.code == .invalidObservation)
        #expect(try store.lastRuns().map(\.outcome) == [.running])
    }
}
