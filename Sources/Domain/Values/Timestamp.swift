/// A moment, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// Learning takes moments from observations: the program's own clock makes one only where it is the observer, as when a
/// watch tells that a pod is gone, and for the service's leases, receipts and schedules.
package struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package init(nanoseconds: Int64) { rawValue = nanoseconds }
    package init(seconds: Int64) { rawValue = seconds &* 1_000_000_000 }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whole days since 1970-01-01 (UTC), rounded down.
    package var day: Int32 { Int32(truncatingIfNeeded: rawValue.floorDivided(by: Self.nanosecondsPerDay)) }

    /// The hour of the day in UTC, 0 to 23.
    package var hour: Int { Int((wholeSeconds - Int64(day) * 86400) / 3600) }

    /// Seconds since 1970-01-01, rounded down.
    var wholeSeconds: Int64 { rawValue.floorDivided(by: 1_000_000_000) }

    /// The seconds from the other moment to this one.
    package func seconds(since other: Timestamp) -> Double { Double(rawValue - other.rawValue) / 1e9 }

    package static let nanosecondsPerDay: Int64 = 86_400_000_000_000
}

extension Timestamp {
    /// Parses RFC 3339 (`2026-11-01T00:00:01.5Z`, offsets allowed); years 1970 to 2261. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, bytes[10] | 32 == 116 || bytes[10] == 32,
            bytes[13] == 58, bytes[16] == 58,
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        var rest = bytes[19...]
        var nanoseconds: Int64 = 0
        if rest.first == 46 {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty, let fraction = Self.number(digits.prefix(9)) else { return nil }
            nanoseconds = (digits.count..<max(9, digits.count)).reduce(fraction) { value, _ in value * 10 }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = Self.offset(rest) else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        // A day that its month does not have would count as one of the next month.
        guard Self.date(days: days) == (year, month, day) else { return nil }
        self.init(rawValue: (days * 86400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000_000 + nanoseconds)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 48)
        }
        return value
    }

    /// The zone's offset in seconds: `Z`, `+hh:mm` or `-hh:mm`.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        if zone.count == 1, zone.first.map({ $0 | 32 }) == 122 { return 0 }
        let bytes = Array(zone)
        guard bytes.count == 6, bytes[0] == 43 || bytes[0] == 45, bytes[3] == 58, let hours = number(bytes[1..<3]),
            let minutes = number(bytes[4..<6]), hours < 24, minutes < 60
        else { return nil }
        return (bytes[0] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Year, month and day of a number of days since 1970-01-01.
    static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The date alone, `2026-11-01`.
    package var date: String {
        let (year, month, day) = Self.date(days: Int64(self.day))
        return "\(year)-\(Self.padded(month))-\(Self.padded(day))"
    }

    private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, to the second.
    package var description: String {
        let seconds = rawValue.floorDivided(by: 1_000_000_000)
        let rest = seconds - Int64(day) * 86400
        return "\(date)T\(Self.padded(rest / 3600)):\(Self.padded(rest / 60 % 60)):\(Self.padded(rest % 60))Z"
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let parsed = Timestamp(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an RFC 3339 time"))
        }
        self = parsed
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
