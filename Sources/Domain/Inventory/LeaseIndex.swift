/// Leases by address and time.
struct LeaseIndex: Sendable {
    /// One address' leases by their beginning, and how far any lease up to each position reaches.
    private struct Timeline: Sendable {
        var leases: [AddressLease] = []
        var reach: [Timestamp] = []
    }

    private let timelines: [IPAddress: Timeline]

    init(_ leases: [AddressLease]) {
        var timelines: [IPAddress: Timeline] = [:]
        for lease in leases.sorted(by: { $0.from < $1.from }) {
            let reach = timelines[lease.address]?.reach.last ?? lease.to
            timelines[lease.address, default: Timeline()].leases.append(lease)
            timelines[lease.address, default: Timeline()].reach.append(max(reach, lease.to))
        }
        self.timelines = timelines
    }

    /// The owners of the leases that share a moment with the interval, sorted.
    func owners(of address: IPAddress, from first: Timestamp, to last: Timestamp) -> [WorkloadID] {
        guard let timeline = timelines[address] else { return [] }
        var owners: Set<WorkloadID> = []
        var position = Self.count(in: timeline.leases, notAfter: last)
        while position > 0, timeline.reach[position - 1] >= first {
            position -= 1
            if timeline.leases[position].to >= first { owners.insert(timeline.leases[position].owner) }
        }
        return owners.sorted()
    }

    /// How many leases begin at or before the moment.
    private static func count(in leases: [AddressLease], notAfter moment: Timestamp) -> Int {
        var low = 0
        var high = leases.count
        while low < high {
            let middle = (low + high) / 2
            if leases[middle].from <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
