extension CronSchedule {
    /// The first time after a moment at which a run is due; nil where there is none within 28 years, after which dates and
    /// days of the week come again in the same order.
    ///
    /// For `@every` the moment is taken for the run before.
    package func next(after moment: Timestamp) -> Timestamp? {
        guard case .calendar(let fields) = form else {
            return cadence.map { Timestamp(seconds: moment.wholeSeconds + $0.longestGap) }
        }
        let first = Int64(moment.day)
        let times = fields.times
        for day in first...(first + Self.longestWait) where fields.fires(onDay: day) {
            let midnight = day * Self.secondsPerDay
            if let time = times.first(where: { midnight + $0 > moment.wholeSeconds }) {
                return Timestamp(seconds: midnight + time)
            }
        }
        return nil
    }

    /// The last time through a moment at which a run was due, counted from the run before; nil where there was none.
    ///
    /// - Parameter earlier: the run before.
    package func last(through moment: Timestamp, after earlier: Timestamp) -> Timestamp? {
        guard earlier < moment else { return nil }
        guard case .calendar(let fields) = form else {
            let gap = cadence?.longestGap ?? 1
            let runs = (moment.wholeSeconds - earlier.wholeSeconds) / gap
            return runs > 0 ? Timestamp(seconds: earlier.wholeSeconds + runs * gap) : nil
        }
        let times = fields.times
        let (start, end) = (Int64(earlier.day), Int64(moment.day))
        for day in stride(from: end, through: max(start, end - Self.longestWait), by: -1) where fields.fires(onDay: day)
        {
            let midnight = day * Self.secondsPerDay
            if let time = times.last(where: { midnight + $0 <= moment.wholeSeconds }) {
                let found = Timestamp(seconds: midnight + time)
                return found > earlier ? found : nil
            }
        }
        return nil
    }

    /// True where runs are counted from the run before, and not from the calendar.
    package var isInterval: Bool {
        if case .interval = form { true } else { false }
    }

    private static let longestWait: Int64 = 28 * 365 + 7
}
