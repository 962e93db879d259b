/// What a run of decoded records adds to the store: aggregated rows, each for one edge and one period of 64 days.
///
/// Rows need not be unique; the store merges them in any order to the same result.
package struct ObservationBatch: Sendable {
    package var connections: [(edge: ConnectionEdge, fact: ConnectionFact)] = []
    package var accesses: [(edge: AccessEdge, fact: AccessFact)] = []
    package var addresses: [AddressSighting] = []
    package var names: [NameSighting] = []
    package var memberships: [GroupMembership] = []
    package var coverage: [SourceCoverage] = []

    package init() {}

    /// How many rows of all kinds it holds.
    package var rows: Int {
        connections.count + accesses.count + addresses.count + names.count + memberships.count + coverage.count
    }

    package var isEmpty: Bool {
        connections.isEmpty && accesses.isEmpty && addresses.isEmpty && names.isEmpty && memberships.isEmpty
            && coverage.isEmpty
    }
}

/// A pod was seen at an address between two moments.
package struct AddressSighting: Hashable, Sendable {
    package let cluster: ClusterName
    package let address: IPAddress
    package let peer: ObservedPeer
    package let podName: String
    package let first: Timestamp
    package let last: Timestamp

    package init(
        cluster: ClusterName, address: IPAddress, peer: ObservedPeer, podName: String, first: Timestamp,
        last: Timestamp
    ) {
        self.cluster = cluster
        self.address = address
        self.peer = peer
        self.podName = podName
        self.first = first
        self.last = last
    }
}

/// A DNS name was seen for an address (Hubble's `destination_names`, a DNS answer, an `fqdn:` label with its pattern).
package struct NameSighting: Hashable, Sendable {
    package let cluster: ClusterName
    package let address: IPAddress
    /// Lower case, without a trailing dot.
    package let name: String
    package let first: Timestamp
    package let last: Timestamp

    package init(cluster: ClusterName, address: IPAddress, name: String, first: Timestamp, last: Timestamp) {
        self.cluster = cluster
        self.address = address
        self.name = name
        self.first = first
        self.last = last
    }
}

/// A user was seen with a group in an audit event.
package struct GroupMembership: Hashable, Sendable {
    package let cluster: ClusterName
    package let subject: Subject
    @Exact package private(set) var group: String
    package let last: Timestamp

    package init(cluster: ClusterName, subject: Subject, group: String, last: Timestamp) {
        self.cluster = cluster
        self.subject = subject
        self.group = group
        self.last = last
    }
}

/// How much of the truth one source showed on one day.
package struct SourceCoverage: Hashable, Sendable {
    package let cluster: ClusterName
    package let source: ObservationSources
    /// Days since 1970-01-01.
    package let day: Int32
    /// Records decoded, whatever became of them.
    package let records: Int64
    /// Records that the source says it lost (Hubble's `lost_events`).
    package let lost: Int64

    package init(cluster: ClusterName, source: ObservationSources, day: Int32, records: Int64, lost: Int64) {
        self.cluster = cluster
        self.source = source
        self.day = day
        self.records = records
        self.lost = lost
    }
}
