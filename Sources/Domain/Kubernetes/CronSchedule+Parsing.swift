extension CronSchedule {
    /// Reads a schedule as robfig/cron v3 does (`ParseStandard`); nil for what it refuses.
    ///
    /// Names are of three letters in any case, Sunday is 0 and not 7, `N/step` runs to the field's end, and empty parts of
    /// a list are passed over, all as there.
    package init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("TZ=") || rest.hasPrefix("CRON_TZ=") {
            guard let space = rest.firstIndex(of: " ") else { return nil }
            rest = rest[space...].drop(while: \.isWhitespace)
            while rest.last?.isWhitespace == true { rest.removeLast() }
        }
        if rest.hasPrefix("@") {
            guard let form = Self.descriptor(rest) else { return nil }
            self.init(form)
            return
        }
        guard let fields = CronFields(rest) else { return nil }
        self.init(.calendar(fields))
    }

    private static func descriptor(_ text: Substring) -> Form? {
        let fields: Substring
        switch text {
        case "@yearly", "@annually": fields = "0 0 1 1 *"
        case "@monthly": fields = "0 0 1 * *"
        case "@weekly": fields = "0 0 * * 0"
        case "@daily", "@midnight": fields = "0 0 * * *"
        case "@hourly": fields = "0 * * * *"
        default:
            guard text.hasPrefix("@every ") else { return nil }
            return seconds(text.dropFirst("@every ".count)).map { .interval($0) }
        }
        return CronFields(fields).map { .calendar($0) }
    }

    /// Whole seconds of a duration as Go writes it (`1h30m`, `1.5h`), 1 at least and 100 years at most.
    private static func seconds(_ text: Substring) -> Int64? {
        let units: [(name: String, seconds: Double)] = [
            ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("h", 3600), ("m", 60), ("s", 1),
        ]
        var rest = text.hasPrefix("+") ? text.dropFirst() : text
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            guard let number = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = units.first(where: { rest.hasPrefix($0.name) }) else { return nil }
            rest = rest.dropFirst(unit.name.count)
            total += number * unit.seconds
        }
        guard total <= 100 * 366 * 86400 else { return nil }
        return max(1, Int64(total))
    }
}

extension CronFields {
    /// Reads five fields; nil for anything else.
    init?(_ text: Substring) {
        let parts = text.split(maxSplits: 5, whereSeparator: \.isWhitespace)
        guard parts.count == 5, let minute = CronField(parts[0], 0...59), let hour = CronField(parts[1], 0...23),
            let dayOfMonth = CronField(parts[2], 1...31),
            let month = CronField(parts[3], 1...12, names: Self.monthNames),
            let dayOfWeek = CronField(parts[4], 0...6, names: Self.dayNames)
        else { return nil }
        minutes = minute.bits
        hours = hour.bits
        daysOfMonth = dayOfMonth.bits
        months = month.bits
        daysOfWeek = dayOfWeek.bits
        needsBothDays = dayOfMonth.isStar || dayOfWeek.isStar
    }

    private static let monthNames = [
        "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
        "dec": 12,
    ]

    private static let dayNames = ["sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6]
}

/// One field: a list of ranges with steps.
private struct CronField {
    private(set) var bits: UInt64 = 0
    /// True where a part is `*` or `?` with no step but 1.
    private(set) var isStar = false

    init?(_ text: Substring, _ bounds: ClosedRange<Int>, names: [String: Int] = [:]) {
        for part in text.split(separator: ",") {
            guard add(part, bounds, names) else { return nil }
        }
    }

    private mutating func add(_ text: Substring, _ bounds: ClosedRange<Int>, _ names: [String: Int]) -> Bool {
        let rangeAndStep = text.split(separator: "/", omittingEmptySubsequences: false)
        let ends = rangeAndStep[0].split(separator: "-", omittingEmptySubsequences: false)
        guard rangeAndStep.count <= 2, let step = rangeAndStep.count == 2 ? Int(rangeAndStep[1]) : 1, step > 0 else {
            return false
        }
        let isOpen = ends[0] == "*" || ends[0] == "?"
        var (first, last) = (bounds.lowerBound, bounds.upperBound)
        if !isOpen {
            guard ends.count <= 2, let low = Self.number(ends[0], names),
                let high = Self.number(ends[ends.count - 1], names)
            else { return false }
            first = low
            last = ends.count == 1 && rangeAndStep.count == 2 ? bounds.upperBound : high
        }
        guard bounds.contains(first), bounds.contains(last), first <= last else { return false }
        // Beyond the field's end one step is like another.
        for value in stride(from: first, through: last, by: min(step, 60)) { bits |= 1 << UInt64(value) }
        isStar = isStar || (isOpen && step == 1)
        return true
    }

    private static func number(_ text: Substring, _ names: [String: Int]) -> Int? {
        // Names have three letters; a hostile text is not worth a copy.
        if text.utf8.count == 3, let named = names[text.lowercased()] { return named }
        return Int(text)
    }
}
