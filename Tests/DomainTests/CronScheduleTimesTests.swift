import Testing

@testable import Domain

@Suite struct CronScheduleTimesTests {
    @Test(arguments: [
        ("0 3 * * *", "2026-11-01T02:59:59Z", "2026-11-01T03:00:00Z"),
        ("0 3 * * *", "2026-11-01T03:00:00Z", "2026-11-02T03:00:00Z"),
        ("*/15 * * * *", "2026-11-01T03:07:00Z", "2026-11-01T03:15:00Z"),
        ("0 0 29 2 *", "2026-11-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("30 23 * * 1", "2026-11-30T23:30:00Z", "2026-12-07T23:30:00Z"),
        ("@every 6h", "2026-11-01T03:07:00Z", "2026-11-01T09:07:00Z"),
    ])
    func `tells the next run`(text: String, moment: String, next: String) throws {
        let schedule = try #require(CronSchedule(text))
        #expect(schedule.next(after: try #require(Timestamp(moment))) == Timestamp(next))
    }

    @Test(arguments: [
        ("0 3 * * *", "2026-11-05T02:00:00Z", "2026-11-01T03:00:00Z", "2026-11-04T03:00:00Z"),
        ("0 3 * * *", "2026-11-05T03:00:00Z", "2026-11-01T03:00:00Z", "2026-11-05T03:00:00Z"),
        ("0 3 * * *", "2026-11-02T02:00:00Z", "2026-11-01T03:00:00Z", nil),
        ("0 3 1 * *", "2026-11-30T00:00:00Z", "2026-08-15T00:00:00Z", "2026-11-01T03:00:00Z"),
        ("@every 6h", "2026-11-02T00:00:00Z", "2026-11-01T03:00:00Z", "2026-11-01T21:00:00Z"),
        ("@every 6h", "2026-11-01T08:59:59Z", "2026-11-01T03:00:00Z", nil),
        ("0 3 * * *", "2026-11-01T00:00:00Z", "2026-11-05T03:00:00Z", nil),
    ])
    func `tells the last run that was missed`(text: String, moment: String, earlier: String, last: String?) throws {
        let schedule = try #require(CronSchedule(text))
        let found = schedule.last(through: try #require(Timestamp(moment)), after: try #require(Timestamp(earlier)))
        #expect(found == last.flatMap { Timestamp($0) })
    }

    /// Step by step forwards is another way to the same answer.
    @Test(arguments: ["7 */5 * * *", "0 0 1,15 * 3", "@every 95m", "59 23 31 1 *"])
    func `last and next agree`(text: String) throws {
        let schedule = try #require(CronSchedule(text))
        let start = try #require(Timestamp("2026-01-01T00:00:00Z"))
        for hours in stride(from: 1, through: 24 * 90, by: 37) {
            let end = Timestamp(nanoseconds: start.rawValue + Int64(hours) * 3_600_000_000_000)
            var latest: Timestamp?
            var at = start
            while let next = schedule.next(after: at), next <= end { (latest, at) = (next, next) }
            #expect(schedule.last(through: end, after: start) == latest, "\(text) after \(hours) hours")
        }
    }
}
