/// When a CronJob runs: `spec.schedule`, read as Kubernetes reads it.
///
/// Five fields (minute, hour, day of month, month, day of week) or `@hourly` and its like, as robfig/cron v3 parses its
/// standard format, which Kubernetes uses. A run is due where the minute, the hour, the month and the days fit; of the two
/// kinds of day either is enough, unless one of them is `*` or `?`: then both have to fit. All times are UTC: a zone in the
/// text (`TZ=`, `CRON_TZ=`) is passed over, so that a run may lie up to 14 hours from the time given here.
package struct CronSchedule: Hashable, Sendable {
    /// What the text says.
    enum Form: Hashable, Sendable {
        case calendar(CronFields)
        /// `@every`: seconds from one run to the next, counted from a start that only the cluster knows.
        case interval(Int64)
    }

    let form: Form
    /// Nil where the schedule never fires, such as on the 30th of February.
    package let cadence: Cadence?

    /// How often a schedule fires.
    package struct Cadence: Hashable, Sendable {
        /// The longest time from one run to the next, in seconds: 31 days for a monthly schedule.
        package let longestGap: Int64
        /// The share of days with at least one run, above 0, at most 1.
        package let shareOfDays: Double

        /// How many of so many days have a run, on average, rounded.
        package func runDays(in days: Int) -> Int { Int((Double(days) * shareOfDays).rounded()) }
    }

    init(_ form: Form) {
        self.form = form
        switch form {
        case .calendar(let fields): cadence = fields.cadence
        case .interval(let seconds):
            cadence = Cadence(
                longestGap: seconds, shareOfDays: min(1, Double(Self.secondsPerDay) / Double(seconds)))
        }
    }

    /// How many runs are due after one moment and through another, counted up to a limit.
    package func fires(after first: Timestamp, through last: Timestamp, limit: Int = 1000) -> Int {
        let (start, end) = (first.wholeSeconds, last.wholeSeconds)
        guard cadence != nil, start < end, limit > 0 else { return 0 }
        guard case .calendar(let fields) = form else {
            return Int(min((end - start) / (cadence?.longestGap ?? 1), Int64(limit)))
        }
        let times = fields.times
        var count = 0
        for day in Int64(first.day)...Int64(last.day) where fields.fires(onDay: day) {
            let midnight = day * Self.secondsPerDay
            if start < midnight, end >= midnight + Self.secondsPerDay {
                count += times.count
            } else {
                count += times.count { midnight + $0 > start && midnight + $0 <= end }
            }
            if count >= limit { return limit }
        }
        return count
    }

    /// How many scheduled runs show in the days on which the job was seen.
    ///
    /// A day counts once, and a run once: seen before and after midnight it is one. A day counts for the run of a
    /// neighbouring day too, since the zone may be another; a run by hand on any other day does not count. The runs of
    /// `@every` may lie on any days, half an interval apart or more.
    package func runs(seenOn days: DaySet) -> Int {
        var count = 0
        var latest: Int64?
        for day in days.days.map(Int64.init) {
            guard let run = run(seenOn: day, after: latest) else { continue }
            latest = run
            count += 1
        }
        return count
    }

    /// The day of the run that a sighting belongs to, each run taken once.
    private func run(seenOn day: Int64, after latest: Int64?) -> Int64? {
        switch form {
        case .calendar(let fields):
            let earliest = max(day - 1, (latest ?? day - 2) + 1)
            return earliest > day + 1 ? nil : (earliest...(day + 1)).first(where: fields.fires(onDay:))
        case .interval(let seconds):
            guard let latest else { return day }
            return (day - latest) * Self.secondsPerDay >= seconds / 2 ? day : nil
        }
    }

    static let secondsPerDay: Int64 = 86400
}

/// The five fields of a schedule as bits.
struct CronFields: Hashable, Sendable {
    let minutes: UInt64
    let hours: UInt64
    let daysOfMonth: UInt64
    let months: UInt64
    let daysOfWeek: UInt64
    /// True where one of the two day fields holds `*` or `?`.
    let needsBothDays: Bool

    /// Whether any run is due on a day since 1970-01-01.
    func fires(onDay day: Int64) -> Bool {
        let (_, month, dayOfMonth) = Timestamp.date(days: day)
        guard minutes != 0, hours != 0, months >> UInt64(month) & 1 == 1 else { return false }
        // 1970-01-01 was a Thursday; the remainder of a negative day is negative.
        let weekday = ((day + 4) % 7 + 7) % 7
        let fitsMonth = daysOfMonth >> UInt64(dayOfMonth) & 1 == 1
        let fitsWeek = daysOfWeek >> UInt64(weekday) & 1 == 1
        return needsBothDays ? fitsMonth && fitsWeek : fitsMonth || fitsWeek
    }

    /// The seconds of a day at which runs are due, ascending; 1440 at most.
    var times: [Int64] {
        var found: [Int64] = []
        for hour in 0..<24 as Range<Int64> where hours >> UInt64(hour) & 1 == 1 {
            for minute in 0..<60 as Range<Int64> where minutes >> UInt64(minute) & 1 == 1 {
                found.append(hour * 3600 + minute * 60)
            }
        }
        return found
    }

    /// Over the 28 years from 2001, after which dates and days of the week come again in the same order: exact between
    /// 1901 and 2099, and no more than some ten thousand days to look at.
    var cadence: CronSchedule.Cadence? {
        let cycle = 28 * 365 + 7 as Int64
        let start = 11_323 as Int64  // 2001-01-01
        let days = (start..<(start + cycle)).filter(fires(onDay:))
        let times = times
        guard let first = days.first, let last = days.last, let earliest = times.first, let latest = times.last else {
            return nil
        }
        let withinDay = zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
        let betweenDays = zip(days, days.dropFirst()).map { $1 - $0 }.max() ?? 0
        let longest = max(betweenDays, first + cycle - last) * CronSchedule.secondsPerDay
        return CronSchedule.Cadence(
            longestGap: max(withinDay, longest + earliest - latest),
            shareOfDays: Double(days.count) / Double(cycle))
    }
}
