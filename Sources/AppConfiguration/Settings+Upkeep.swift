package import Domain

extension Settings {
    /// When the service learns, and how long it remembers.
    package struct Upkeep: Sendable, Equatable {
        /// Nil where learning is only triggered by requests.
        package let schedule: CronSchedule?
        package let jitter: Duration
        package let retentionDays: Int
        package let minimumRetentionDays: Int
        package let maximumStoreBytes: Int64
        package let receiptHours: Int
    }
}

extension Settings.Upkeep {
    init(_ values: ResolvedConfiguration) throws {
        schedule = try values.text("schedule.learn").map(Self.schedule)
        jitter = .seconds(try values.number("schedule.jitterSeconds", in: 0...86_400))
        retentionDays = try values.number("retention.days", in: 1...36_500)
        minimumRetentionDays = try values.number("retention.minimumDays", in: 1...36_500)
        maximumStoreBytes = Int64(try values.number("retention.maximumMebibytes", in: 16...67_108_864)) << 20
        receiptHours = try values.number("retention.receiptHours", in: 1...8760)
        if minimumRetentionDays > retentionDays {
            throw ConfigurationError(
                code: .badValue, message: "retention.minimumDays is larger than retention.days",
                hint: "set it to \(retentionDays) or less")
        }
    }

    /// An interval such as `6h` is the cron extension `@every 6h`.
    private static func schedule(_ text: String) throws -> CronSchedule {
        guard !text.hasPrefix("TZ="), !text.hasPrefix("CRON_TZ=") else {
            throw ConfigurationError(
                code: .badValue, message: "schedule.learn cannot name a time zone", hint: "write the times in UTC")
        }
        let isInterval = text.first?.isNumber == true && !text.contains(" ")
        guard let schedule = CronSchedule(isInterval ? "@every \(text)" : text), schedule.cadence != nil else {
            throw ConfigurationError(
                code: .badValue, message: "schedule.learn cannot be '\(text)'",
                hint: "write an interval such as 6h, or a cron expression that fires, such as '0 3 * * *'")
        }
        return schedule
    }
}
