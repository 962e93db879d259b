import Decoders
import Domain

/// Folds what records say beside their edges: pods at addresses, names of addresses, users with groups, coverage.
struct SightingAggregator {
    /// By the pod's number: its address, nearly always the only one, with first and last.
    private var pods: [(address: Int32, first: Timestamp, last: Timestamp)] = []
    private var morePods: [Pair: ClosedRange<Timestamp>] = [:]
    private var names: [NamedAddress: ClosedRange<Timestamp>] = [:]
    /// By the user's number.
    private var users: [Int32: Timestamp] = [:]
    private var days: [Int32: (records: Int64, lost: Int64)] = [:]

    private struct Pair: Hashable {
        let pod: Int32
        let address: Int32
    }

    private struct Member: Hashable, Comparable {
        let subject: Int32
        let group: ExactText

        static func < (left: Self, right: Self) -> Bool {
            (left.subject, left.group) < (right.subject, right.group)
        }
    }

    var count: Int { pods.count + morePods.count + names.count + users.count }

    mutating func add(_ records: DecodedRecords) {
        for sighting in records.pods { add(sighting) }
        for (sighting, time) in records.names { Self.widen(&names[sighting], time) }
        for sighting in records.users {
            users[sighting.user] = max(users[sighting.user] ?? sighting.time, sighting.time)
        }
        for day in records.days {
            let known = days[day.day] ?? (0, 0)
            days[day.day] = (known.records + day.records, known.lost.addingSaturating(day.lost))
        }
    }

    private mutating func add(_ sighting: PodSighting) {
        let number = Int(sighting.pod)
        if number >= pods.count {
            let none = (address: Self.noAddress, first: sighting.time, last: sighting.time)
            pods.append(contentsOf: repeatElement(none, count: number + 1 - pods.count))
        }
        if pods[number].address == Self.noAddress {
            pods[number] = (sighting.address, sighting.time, sighting.time)
        } else if pods[number].address == sighting.address {
            pods[number].first = min(pods[number].first, sighting.time)
            pods[number].last = max(pods[number].last, sighting.time)
        } else {
            Self.widen(&morePods[Pair(pod: sighting.pod, address: sighting.address)], sighting.time)
        }
    }

    private static let noAddress: Int32 = -1

    private static func widen(_ span: inout ClosedRange<Timestamp>?, _ time: Timestamp) {
        guard let known = span else {
            span = time...time
            return
        }
        if time < known.lowerBound { span = time...known.upperBound }
        if time > known.upperBound { span = known.lowerBound...time }
    }

    /// Calls the bodies with all rows, sorted by what they are, and starts anew.
    mutating func drain(cluster: ClusterName, decoder: any RecordDecoder, into writer: inout BatchWriter) throws {
        let old = self
        self = SightingAggregator()
        let tables = decoder.tables
        try old.drainPods(cluster: cluster, tables, into: &writer)
        for (named, span) in old.names.sorted(by: { ($0.key.name, $0.key.address) < ($1.key.name, $1.key.address) }) {
            try writer.add(
                NameSighting(
                    cluster: cluster, address: tables.addresses[Int(named.address)],
                    name: tables.names[Int(named.name)],
                    first: span.lowerBound, last: span.upperBound))
        }
        try old.drainUsers(cluster: cluster, tables, into: &writer)
        for (day, counts) in old.days.sorted(by: { $0.key < $1.key }) {
            try writer.add(
                SourceCoverage(
                    cluster: cluster, source: type(of: decoder).source, day: day, records: counts.records,
                    lost: counts.lost))
        }
    }

    private func drainUsers(
        cluster: ClusterName, _ tables: ObservationTables, into writer: inout BatchWriter
    ) throws {
        // One subject comes as many users: each of its tokens and pods makes another object.
        var latest: [Member: Timestamp] = [:]
        for (number, last) in users {
            let user = tables.users[Int(number)]
            for group in user.groups {
                let member = Member(subject: user.subject, group: ExactText(group))
                latest[member] = max(latest[member] ?? last, last)
            }
        }
        for (member, last) in latest.sorted(by: { $0.key < $1.key }) {
            try writer.add(
                GroupMembership(
                    cluster: cluster, subject: tables.subjects[Int(member.subject)], group: member.group.text,
                    last: last))
        }
    }

    private func drainPods(
        cluster: ClusterName, _ tables: ObservationTables, into writer: inout BatchWriter
    ) throws {
        let usual = pods.enumerated().filter { $1.address != Self.noAddress }.map {
            (Pair(pod: Int32($0), address: $1.address), $1.first...$1.last)
        }
        let more = morePods.sorted { ($0.key.pod, $0.key.address) < ($1.key.pod, $1.key.address) }
        for (pair, span) in usual + more {
            let pod = tables.pods[Int(pair.pod)]
            try writer.add(
                AddressSighting(
                    cluster: cluster, address: tables.addresses[Int(pair.address)], peer: tables.peers[Int(pod.peer)],
                    podName: pod.name, first: span.lowerBound, last: span.upperBound))
        }
    }
}
