import Domain
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00:01Z", 1_000_000_000),
        ("2026-11-01T00:00:01.5Z", 1_793_491_201_500_000_000),
        ("2026-11-01T00:00:01.000000001Z", 1_793_491_201_000_000_001),
        ("2026-11-01T00:00:01.1234567899Z", 1_793_491_201_123_456_789),
        ("2026-11-01T02:00:01+02:00", 1_793_491_201_000_000_000),
        ("2026-10-31T16:30:01-07:30", 1_793_491_201_000_000_000),
        ("2026-11-01T00:00:01-00:00", 1_793_491_201_000_000_000),
        ("1970-01-01T00:00:00+01:00", -3_600_000_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
        ("2024-12-31T23:59:60Z", 1_735_689_600_000_000_000),
        ("2261-12-31T23:59:59.999999999Z", 9_214_646_399_999_999_999),
    ])
    func `reads RFC 3339`(text: String, nanoseconds: Int64) {
        #expect(Timestamp(text)?.rawValue == nanoseconds)
    }

    @Test(arguments: [
        "", "Z", "2026-11-01", "2026-11-01T00:00:00", "2026-11-01T00:00Z", "2026-11-01T00:00:00.Z",
        "2026-11-01T00:00:00,5Z", "2026-11-01T24:00:00Z", "2026-11-01T00:60:00Z", "2026-11-01T00:00:61Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-32T00:00:00Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-11-31T00:00:00Z", "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2026-11-01T00:00:00+0200",
        "2026-11-01T00:00:00+2", "2026-11-01T00:00:00+24:00", "2026-11-01T00:00:00+00:60", "2026-11-01T00:00:00ZZ",
        "2026/11/01T00:00:00Z", "2026-11-01X00:00:00Z", "+026-11-01T00:00:00Z", "2026-1-001T00:00:00Z",
        "٢٠٢٦-11-01T00:00:00Z", "2026-11-01T00:00:00.5", "1793491201",
    ])
    func `takes nothing else for a time`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", 0), (-1, "1969-12-31T23:59:59Z", -1), (86_399, "1970-01-01T23:59:59Z", 0),
            (86_400, "1970-01-02T00:00:00Z", 1), (951_782_400, "2000-02-29T00:00:00Z", 11_016),
            (1_709_251_199, "2024-02-29T23:59:59Z", 19_782), (4_107_542_400, "2100-03-01T00:00:00Z", 47_541),
            (9_214_646_399, "2261-12-31T23:59:59Z", 106_650),
        ] as [(Int64, String, Int32)])
    func `writes UTC and counts days`(seconds: Int64, text: String, day: Int32) {
        let time = Timestamp(seconds: seconds)
        #expect(time.description == text)
        #expect(time.day == day)
        #expect(time.date == String(text.prefix(10)))
    }

    @Test(arguments: UInt64(1)...3)
    func `reads back what it writes, to the second`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<1000 {
            let time = Timestamp(seconds: Int64.random(in: 0..<9_214_646_400, using: &generator))
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test func `knows every day of four centuries`() throws {
        var previous = try #require(Timestamp("1970-01-01T12:00:00Z"))
        for day in Int32(1)..<106_651 {
            let time = Timestamp(seconds: Int64(day) * 86_400 + 43_200)
            try #require(time.day == day)
            try #require(Timestamp(time.description) == time)
            try #require(previous.date < time.date)
            previous = time
        }
    }

    @Test func `tells the seconds between two moments`() {
        let (early, late) = (Timestamp(seconds: 10), Timestamp(nanoseconds: 12_500_000_000))
        #expect(late.seconds(since: early) == 2.5)
        #expect(early.seconds(since: late) == -2.5)
        #expect(AddressLease.openEnd.description == "2262-01-01T00:00:00Z")
    }
}
