import Domain

/// Finds which of many address ranges hold an address: one look-up for each prefix length in use.
struct AddressIndex {
    private struct Level {
        let isIPv4: Bool
        let length: Int
        var ids: [IPAddress: [Int]]
    }

    private var levels: [Level] = []

    var isEmpty: Bool { levels.isEmpty }

    /// Adds a range with the number by which `matches` reports it.
    mutating func insert(_ range: CIDR, id: Int) {
        let index = levels.firstIndex { $0.isIPv4 == range.address.isIPv4 && $0.length == range.length }
        if let index {
            levels[index].ids[range.address, default: []].append(id)
        } else {
            levels.append(
                Level(isIPv4: range.address.isIPv4, length: range.length, ids: [range.address: [id]]))
        }
    }

    /// The numbers of the ranges of the address' family that hold it.
    func matches(_ address: IPAddress) -> [Int] {
        levels.flatMap { level -> [Int] in
            guard level.isIPv4 == address.isIPv4 else { return [] }
            return level.ids[address.masked(to: level.length)] ?? []
        }
    }
}
