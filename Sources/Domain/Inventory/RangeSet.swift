/// Address ranges that are asked for membership: one look-up for each prefix length in use.
struct RangeSet: Sendable {
    let ranges: [CIDR]
    private let members: Set<CIDR>
    private let lengths: [Bool: [Int]]

    init(_ ranges: [CIDR]) {
        members = Set(ranges)
        self.ranges = members.sorted()
        lengths = Dictionary(grouping: members, by: \.address.isIPv4).mapValues { Set($0.map(\.length)).sorted() }
    }

    func contains(_ address: IPAddress) -> Bool {
        (lengths[address.isIPv4] ?? []).contains { length in
            CIDR(address, length: length).map(members.contains) ?? false
        }
    }
}
