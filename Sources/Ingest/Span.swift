import Decoders
import Domain

/// When something was seen within one period of 64 days, with the earliest record's sample.
struct Span {
    private(set) var first: Timestamp
    private(set) var last: Timestamp
    private(set) var sample: SampleReference
    private(set) var hours = HourSet()
    private var bits: UInt64 = 0

    init(_ time: Timestamp, _ sample: SampleReference) {
        first = time
        last = time
        self.sample = sample
    }

    /// Adds a sighting. Among records of the same moment the smaller text wins, so that their order does not matter.
    mutating func add(
        _ time: Timestamp, day: Int32, _ other: SampleReference, text: (SampleReference) -> String
    ) {
        bits |= DaySet.bit(of: day)
        hours.formUnion(HourSet(time))
        last = max(last, time)
        guard time <= first else { return }
        if time < first || (other != sample && text(other) < text(sample)) { sample = other }
        first = time
    }

    func days(period: Int32) -> DaySet {
        var days = DaySet()
        days.formUnion(DaySet.Period(number: period, bits: bits))
        return days
    }
}
