extension MaturityThresholds {
    /// Judges, and says what is missing to be stable.
    ///
    /// Days: seen on `stableDays`; a scheduled workload needs runs instead (see `runs`). Then nothing new for `quietDays`,
    /// days without any record not counted; seen in `stableHours` hours of the day, which is not asked of what runs on a
    /// schedule; and an estimated coverage of `minimumCoverage`.
    package func judge(_ evidence: MaturityEvidence) -> MaturityJudgement {
        let watched = watched(evidence)
        let reasons = [watched.missing, newness(evidence), fewHours(evidence), lowCoverage(evidence)].compactMap { $0 }
        let reached: Maturity = reasons.isEmpty ? .stable : .stabilizing
        return MaturityJudgement(
            maturity: watched.isLearning ? .learning : reached, reasons: reasons, coverage: evidence.coverage)
    }

    /// Whether something was watched for long enough.
    private struct Watched {
        let isLearning: Bool
        /// Nil where it was.
        let missing: String?
    }

    private func watched(_ evidence: MaturityEvidence) -> Watched {
        switch evidence.schedule {
        case .always: return days(evidence.days.count)
        case .unknown: return runsWeekApart(evidence.days, "it runs on a schedule")
        case .suspended: return runsWeekApart(evidence.days, "its schedule is suspended")
        case .cron(let text):
            guard let schedule = CronSchedule(text), let cadence = schedule.cadence else {
                return runsWeekApart(evidence.days, "its schedule \(Self.quoted(text)) tells no times")
            }
            return runs(of: schedule, cadence, Self.quoted(text), seenOn: evidence.days)
        }
    }

    private func days(_ count: Int) -> Watched {
        let wanted = max(stableDays, stabilizingDays)
        return Watched(
            isLearning: count < stabilizingDays,
            missing: count < wanted ? "seen on \(count) of \(Self.days(wanted))" : nil)
    }

    private func runsWeekApart(_ days: DaySet, _ why: String) -> Watched {
        let seen = days.days
        guard let first = seen.first, let last = seen.last, seen.count >= 2 else {
            return Watched(isLearning: true, missing: "\(why): two runs are needed, \(Self.seen(seen.count))")
        }
        let isEnough = seen.count >= stableDays || last - first >= 7
        let missing = "\(why): two runs a week apart or \(Self.days(stableDays)) are needed, seen on \(seen.count)"
        return Watched(isLearning: false, missing: isEnough ? nil : missing)
    }

    /// The rule for a known schedule: as many days with a run as it has in `stableDays` days, two at least, that span its
    /// longest pause.
    ///
    /// So a daily job is judged like anything else, one of Mondays to Fridays by five days, a monthly one by two months. Nine
    /// tenths of the pause are enough, for months differ: from the first of February to the first of March there are 28
    /// days, and the longest month has 31.
    private func runs(
        of schedule: CronSchedule, _ cadence: CronSchedule.Cadence, _ text: String, seenOn days: DaySet
    ) -> Watched {
        let wanted = max(2, cadence.runDays(in: stableDays))
        let count = schedule.runs(seenOn: days)
        let isLearning = count < max(2, min(stabilizingDays, wanted))
        if count < wanted {
            let runs = wanted == 2 ? "two runs" : "runs on \(Self.days(wanted))"
            return Watched(isLearning: isLearning, missing: "its schedule \(text) needs \(runs), \(Self.seen(count))")
        }
        let seen = days.days
        let span = Int64((seen.last ?? 0) - (seen.first ?? 0)) * CronSchedule.secondsPerDay
        let pause = Int((Double(cadence.longestGap) / Double(CronSchedule.secondsPerDay)).rounded(.up))
        let missing = "its schedule \(text) pauses for \(Self.days(pause)), its runs lie within less"
        return Watched(isLearning: isLearning, missing: span * 10 >= cadence.longestGap * 9 ? nil : missing)
    }

    private func newness(_ evidence: MaturityEvidence) -> String? {
        let silence = max(evidence.silentDays, 0)
        let quiet = evidence.newest.seconds(since: evidence.lastNovelty) / 86400 - Double(silence)
        guard quiet < Double(quietDays) else { return nil }
        let age = quiet < 1 ? "less than a day" : Self.days(Int(quiet))
        let watched = silence > 0 ? ", not counting \(Self.days(silence)) without records" : ""
        return "something new \(age) ago\(watched), \(Self.days(quietDays)) wanted"
    }

    private func fewHours(_ evidence: MaturityEvidence) -> String? {
        guard evidence.schedule == .always, !evidence.hours.isEmpty, evidence.hours.count < min(stableHours, 24) else {
            return nil
        }
        return "seen in \(evidence.hours.count) of \(min(stableHours, 24)) hours of day"
    }

    private func lowCoverage(_ evidence: MaturityEvidence) -> String? {
        guard let coverage = evidence.coverage, coverage.percent < Double(min(minimumCoverage, 100)) else { return nil }
        return "estimated coverage \(coverage.text), \(min(minimumCoverage, 100)) % wanted"
    }

    private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }

    private static func seen(_ count: Int) -> String {
        switch count {
        case 0: "none was seen"
        case 1: "one was seen"
        default: "\(count) were seen"
        }
    }

    /// A schedule as written, cut where nobody would read on.
    private static func quoted(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 60 ? line : line.prefix(57) + "..."
    }
}
