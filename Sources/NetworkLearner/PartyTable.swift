import Domain

/// Parties by number, in the order in which they were met.
struct PartyTable {
    private(set) var parties: [Party] = []
    /// What is asked of parties for every edge, at the same position.
    private(set) var traits: [Traits] = []
    private var numbers: [Party: Int32] = [:]

    /// Facts about a party in few bits.
    struct Traits {
        let isWorkload: Bool
        let isNode: Bool
        let isOutside: Bool
        let isMetadataService: Bool

        init(_ party: Party) {
            isWorkload = party.kind == .workload
            isNode = party.kind == .node
            isOutside = party.kind == .outside
            isMetadataService = party.isMetadataService
        }
    }

    mutating func number(of party: Party) -> Int32 {
        if let known = numbers[party] { return known }
        let number = Int32(parties.count)
        numbers[party] = number
        parties.append(party)
        traits.append(Traits(party))
        return number
    }

    /// The parties sorted, and for each number the party's place among them.
    func ranked() -> (parties: [Party], ranks: [Int32]) {
        let order = parties.indices.sorted { parties[$0] < parties[$1] }
        var ranks = [Int32](repeating: 0, count: parties.count)
        for (rank, number) in order.enumerated() { ranks[number] = Int32(rank) }
        return (order.map { parties[$0] }, ranks)
    }
}
