package import Domain

/// What a decoder made of some records: observations by number, and what became of the rest.
package struct DecodedRecords: Sendable {
    package var connections: [Connection] = []
    package var accesses: [Access] = []
    package var pods: [PodSighting] = []
    package var names: [(sighting: NamedAddress, time: Timestamp)] = []
    package var users: [UserSighting] = []
    package var days: [Day] = []
    /// Records, observed or not.
    package var count = 0
    /// Records that made an observation.
    package var observed = 0
    package var ignored = Tally<IgnoreReason>()
    package var rejected = Tally<Diagnostic.Kind>()
    package var rejections: [Rejection] = []
    /// How many more rejections are wanted with their place and excerpt.
    package var rejectionsWanted: Int

    /// Records of one day; days may come more than once.
    package struct Day: Sendable {
        package let day: Int32
        package var records: Int64
        package var lost: Int64
    }

    /// A record that could not be used.
    package struct Rejection: Sendable {
        package let kind: Diagnostic.Kind
        /// Line ends before it in the call's input.
        package let line: Int
        /// Records before it in the call's input.
        package let index: Int
        package let excerpt: String
    }

    /// No records yet; of so many rejections the place and excerpt will be kept.
    package init(rejectionsWanted: Int = 0) { self.rejectionsWanted = rejectionsWanted }

    /// Forgets everything but the room it took.
    package mutating func removeAll() {
        connections.removeAll(keepingCapacity: true)
        accesses.removeAll(keepingCapacity: true)
        pods.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        users.removeAll(keepingCapacity: true)
        days.removeAll(keepingCapacity: true)
        ignored.removeAll()
        rejected.removeAll()
        rejections.removeAll(keepingCapacity: true)
        count = 0
        observed = 0
    }

    mutating func cover(_ time: Timestamp, lost: Int64 = 0) {
        let day = time.day
        if let last = days.indices.last, days[last].day == day {
            days[last].records += 1
            days[last].lost = days[last].lost.addingSaturating(lost)
        } else {
            days.append(Day(day: day, records: 1, lost: lost))
        }
    }

    mutating func reject(_ kind: Diagnostic.Kind, line: Int, index: Int, excerpt: @autoclosure () -> String) {
        rejected.add(kind)
        guard rejectionsWanted > 0 else { return }
        rejectionsWanted -= 1
        rejections.append(Rejection(kind: kind, line: line, index: index, excerpt: excerpt()))
    }
}

extension Int64 {
    /// The sum, or the largest number if it does not fit: counts in records are hostile until added.
    package func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
