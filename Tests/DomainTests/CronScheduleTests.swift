import Domain
import Testing

@Suite struct CronScheduleTests {
    private static let day = 86400 as Int64

    @Test(
        arguments: [
            ("*/5 * * * *", 300), ("0 * * * *", 3600), ("@hourly", 3600), ("0 3 * * *", day), ("@daily", day),
            ("@midnight", day), ("0 3 * * 1-5", 3 * day), ("@weekly", 7 * day), ("0 3 1 * *", 31 * day),
            ("@monthly", 31 * day), ("@yearly", 366 * day), ("@annually", 366 * day), ("0 0 29 2 *", 1461 * day),
            ("0 0 31 * *", 61 * day), ("0 0,1,12 * * *", 12 * 3600), ("30 23 * * 6,0", 6 * day),
            ("0 0 1,2 * *", 30 * day), ("0 0 1 1,JUL *", 184 * day), ("@every 90m", 5400), ("@every 720h", 30 * day),
        ] as [(String, Int64)])
    func `knows the longest time from one run to the next`(text: String, gap: Int64) throws {
        let schedule = try #require(CronSchedule(text))
        #expect(schedule.cadence?.longestGap == gap)
    }

    @Test(
        arguments: [
            ("0 3 * * *", 7), ("*/5 * * * *", 7), ("0 3 * * MON-FRI", 5), ("0 3 * * 0", 1), ("0 3 1 * *", 0),
            ("0 3 */2 * *", 4), ("@every 1h", 7), ("@every 84h", 2), ("@every 2000h", 0),
        ])
    func `knows how many of seven days have a run`(text: String, days: Int) throws {
        #expect(try #require(CronSchedule(text)?.cadence).runDays(in: 7) == days)
    }

    @Test(arguments: [
        ("TZ=Europe/Berlin 0 3 * * *", "0 3 * * *"), ("CRON_TZ=UTC   @daily  ", "0 0 * * *"),
        ("0 3 ? * ?", "0 3 * * *"),
        ("  0\t3  *\n* * ", "0 3 * * *"), ("0 3 * jan-DEC sun-Sat", "0 3 * 1-12 0-6"),
        ("5/20 * * * *", "5,25,45 * * * *"),
        ("1-10/3 * * * *", "1,4,7,10 * * * *"), ("1,,2 * * * *", "1,2 * * * *"), ("+5 * * * *", "5 * * * *"),
        ("0/99999999 * * * *", "0 * * * *"), ("0 0 */1 * 1", "0 0 * * 1"), ("*-5 * * * *", "* * * * *"),
    ])
    func `reads one thing written in two ways`(text: String, plain: String) {
        let schedule = CronSchedule(text)
        #expect(schedule != nil && schedule == CronSchedule(plain))
    }

    @Test(arguments: [
        "", " ", "@", "@dayly", "@Daily", " @daily", "@every", "@every ", "@every x", "@every 5", "@every -5m",
        "@every 1.2.3h",
        "@every 99999999h", "TZ=", "TZ=UTC", "CRON_TZ=Europe/Berlin", "* * * *", "* * * * * *", "60 * * * *",
        "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *", "* * * 13 *", "* * * * 7", "* * * * 8", "*/0 * * * *",
        "*/-1 * * * *", "*/ * * * *", "/5 * * * *", "1/2/3 * * * *", "1-2-3 * * * *", "5-1 * * * *", "- * * * *",
        "-1 * * * *", "99999999999 * * * *", "99999999999999999999 * * * *", "*/99999999999999999999 * * * *",
        "a * * * *",
        "mon * * * *", "* * * mon *", "* * * * jan", "* * * * mondays", "1.5 * * * *", "0x1 * * * *", "\0 * * * *",
        "** * * * *", "*,60 * * * *", "L * * * *", "* * * * 5#3", "* * 15W * *", "٣ * * * *",
    ])
    func `refuses what the controller refuses`(text: String) {
        #expect(CronSchedule(text) == nil)
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 ?", ", * * * *"])
    func `reads a schedule that never fires`(text: String) throws {
        let schedule = try #require(CronSchedule(text))
        #expect(schedule.cadence == nil)
        #expect(schedule.fires(after: Timestamp(rawValue: .min), through: Timestamp(rawValue: .max)) == 0)
    }

    @Test(arguments: ["9", "*", ",", "-", "/", "1,", "*/", "@every 9", "TZ=", " ", "\u{301}", "\u{feff}", "1-", "mon "])
    func `stands very long text`(piece: String) {
        let long = String(repeating: piece, count: 100_000 / piece.count)
        for text in [long, "\(long) * * * *", "* * * * \(long)", "@every \(long)h", "*/\(long) * * * *"] {
            guard let schedule = CronSchedule(text) else { continue }
            #expect(schedule.fires(after: Timestamp(rawValue: .min), through: Timestamp(rawValue: .max)) <= 1000)
        }
    }

    @Test func `counts up to its limit over any span`() throws {
        let (first, last) = (Timestamp(rawValue: .min), Timestamp(rawValue: .max))
        for text in ["* * * * *", "0 0 29 2 *", "@every 1s"] {
            let schedule = try #require(CronSchedule(text))
            #expect(schedule.fires(after: first, through: last, limit: 60) == 60)
            #expect(schedule.fires(after: last, through: first) == 0)
            #expect(schedule.fires(after: first, through: last, limit: 0) == 0)
        }
    }

    @Test(arguments: [
        ("2026-11-01T02:59:59Z", "2026-11-01T03:00:00Z", 1), ("2026-11-01T03:00:00Z", "2026-11-02T02:59:59.9Z", 0),
        ("2026-11-01T02:59:59.9Z", "2026-11-01T03:00:00.1Z", 1), ("2026-11-01T03:00:00.5Z", "2026-11-04T03:00:00Z", 3),
    ])
    func `counts runs after the first moment and through the last`(first: String, last: String, count: Int) throws {
        let schedule = try #require(CronSchedule("0 3 * * *"))
        let (first, last) = (try #require(Timestamp(first)), try #require(Timestamp(last)))
        #expect(schedule.fires(after: first, through: last) == count)
    }

    /// 20089 is 2025-01-01, a Wednesday.
    @Test(
        arguments: [
            ("0 3 1 * *", [20_089, 20_120], 2), ("0 3 1 * *", [20_089, 20_090], 1),
            ("0 23 1 * *", [20_090, 20_120], 2), ("0 3 1 * *", [20_095, 20_100], 0),
            ("0 3 * * *", [20_089, 20_090, 20_091], 3), ("0 3 * * 1", [20_093, 20_094, 20_095, 20_101], 2),
            ("0 3 * * 1-5", [20_089, 20_090, 20_091, 20_092, 20_093, 20_094], 6), ("0 0 30 2 *", [20_089], 0),
            ("@every 240h", [20_089, 20_090, 20_099], 2), ("@every 10m", [20_089, 20_090], 2),
        ] as [(String, [Int32], Int)])
    func `finds the scheduled runs in the days seen`(text: String, days: [Int32], runs: Int) throws {
        let set = days.reduce(into: DaySet()) { $0.formUnion(DaySet(day: $1)) }
        #expect(try #require(CronSchedule(text)).runs(seenOn: set) == runs)
    }
}
