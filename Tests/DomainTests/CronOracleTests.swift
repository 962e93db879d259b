import Domain
import Foundation
import Testing

/// Random schedules against a reading that walks minute by minute with the system's calendar.
@Suite struct CronOracleTests {
    @Test(arguments: UInt64(1)...60)
    func `counts the runs that a walk through the minutes finds`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let fields = Self.bounds.map { Field(bounds: $0, &generator) }
        let text = fields.map(\.text).joined(separator: " ")
        let schedule = try #require(CronSchedule(text), "\(text)")
        let start = Int64.random(in: 1_750_000_000...1_850_000_000, using: &generator)
        let length = 40 * 1440
        let fires = Self.walk(fields, from: start, minutes: length)

        for _ in 0..<5 {
            let last = start + Int64.random(in: 0...Int64(length * 60), using: &generator)
            let first = start + (last - start) / 2
            let expected = fires.count { $0 > first && $0 <= last }
            #expect(
                schedule.fires(after: Timestamp(seconds: first), through: Timestamp(seconds: last), limit: .max)
                    == expected, "\(text) \(first) \(last)")
        }
        let gaps = zip(fires, fires.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? 0) <= (schedule.cadence?.longestGap ?? .max), "\(text)")
    }

    /// Schedules by days only, over 28 other years than those the schedule looks at.
    @Test(arguments: UInt64(1)...30)
    func `finds the longest gap of many years`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let fields = Self.bounds.enumerated().map { number, bounds in
            number < 2 ? Field(values: [0], text: "0") : Field(bounds: bounds, &generator)
        }
        let text = fields.map(\.text).joined(separator: " ")
        let schedule = try #require(CronSchedule(text), "\(text)")
        let fires = Self.days(fields, from: 20_454, count: 28 * 366)
        let longest = zip(fires, fires.dropFirst()).map { $1 - $0 }.max()
        #expect(schedule.cadence?.longestGap == longest.map { $0 * 86400 }, "\(text)")
    }

    private static let bounds = [0...59, 0...23, 1...31, 1...12, 0...6]

    /// A random field: its text, and the values that it stands for, drawn and not parsed.
    private struct Field {
        let values: Set<Int>
        let text: String
        var isStar: Bool { text == "*" || text == "?" }

        init(values: Set<Int>, text: String) {
            self.values = values
            self.text = text
        }

        init(bounds: ClosedRange<Int>, _ generator: inout SeededGenerator) {
            let low = Int.random(in: bounds, using: &generator)
            let high = Int.random(in: low...bounds.upperBound, using: &generator)
            let step = Int.random(in: 2...9, using: &generator)
            switch Int.random(in: 0...6, using: &generator) {
            case 0, 1: self.init(values: Set(bounds), text: ["*", "?"].pick(&generator))
            case 2: self.init(values: [low], text: "\(low)")
            case 3: self.init(values: Set(low...high), text: "\(low)-\(high)")
            case 4: self.init(values: Set(bounds.filter { ($0 - bounds.lowerBound) % step == 0 }), text: "*/\(step)")
            case 5:
                self.init(values: Set((low...high).filter { ($0 - low) % step == 0 }), text: "\(low)-\(high)/\(step)")
            default: self.init(values: [low, high], text: "\(high),\(low)")
            }
        }
    }

    private static func walk(_ fields: [Field], from start: Int64, minutes: Int) -> [Int64] {
        let first = (start / 60 + 1) * 60
        let calendar = utc
        var fitting: [Int64: Bool] = [:]
        return (0..<Int64(minutes)).map { first + $0 * 60 }.filter { second in
            guard fields[0].values.contains(Int(second / 60 % 60)), fields[1].values.contains(Int(second / 3600 % 24))
            else { return false }
            let day = second / 86400
            let fits = fitting[day] ?? fitsDay(fields, day, calendar)
            fitting[day] = fits
            return fits
        }
    }

    private static func days(_ fields: [Field], from start: Int64, count: Int64) -> [Int64] {
        let calendar = utc
        return (start..<(start + count)).filter { fitsDay(fields, $0, calendar) }
    }

    private static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    private static func fitsDay(_ fields: [Field], _ day: Int64, _ calendar: Calendar) -> Bool {
        let date = Date(timeIntervalSince1970: Double(day) * 86400)
        let parts = calendar.dateComponents([.day, .month, .weekday], from: date)
        guard fields[3].values.contains(parts.month ?? 0) else { return false }
        let inMonth = fields[2].values.contains(parts.day ?? 0)
        let inWeek = fields[4].values.contains((parts.weekday ?? 0) - 1)
        return fields[2].isStar || fields[4].isStar ? inMonth && inWeek : inMonth || inWeek
    }
}
