import Domain

extension WorkloadStanding {
    /// `, in 20 hours of the day, estimated coverage 96 % (88-100 %)`, as far as it is known; continues "seen on 14 days".
    var seenText: String {
        let hours = hours.isEmpty ? "" : ", in \(hours.count) hours of the day"
        return hours + (judgement.coverage.map { ", estimated coverage \($0.text)" } ?? "")
    }

    /// The estimated coverage in one word for a table, `-` where there is none.
    var coverageText: String { judgement.coverage.map { "\(Int($0.percent)) %" } ?? "-" }
}
