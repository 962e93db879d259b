import Domain

/// Parties by number, in the order in which they were met.
struct PartyTable {
    private(set) var parties: [Party] = []
    private var numbers: [Party: Int32] = [:]

    mutating func number(of party: Party) -> Int32 {
        if let known = numbers[party] { return known }
        let number = Int32(parties.count)
        numbers[party] = number
        parties.append(party)
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
