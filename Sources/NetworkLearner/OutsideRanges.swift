import Domain

/// The exact union of address ranges: no address more, as few ranges as possible.
enum BlockUnion {
    /// Ranges inside another range go, and two halves of a range become that range.
    static func union(_ blocks: [CIDR]) -> [CIDR] {
        var result: [CIDR] = []
        for block in blocks.sorted() {
            if let last = result.last, last.contains(block) { continue }
            result.append(block)
            while result.count >= 2, let parent = parent(result[result.count - 2], result[result.count - 1]) {
                result.removeLast(2)
                result.append(parent)
            }
        }
        return result
    }

    private static func parent(_ left: CIDR, _ right: CIDR) -> CIDR? {
        guard left.length == right.length, left.length > 0, left != right,
            let parent = CIDR(left.address, length: left.length - 1), parent.contains(right)
        else { return nil }
        return parent
    }
}

/// Joins outside addresses to ranges within the bounds that are set: content networks move between addresses, and a rule
/// that lists those of the past never ends.
struct OutsideRanges {
    let options: OutsideOptions
    /// The DNS names under which an address was looked up.
    let names: (IPAddress) -> [String]
    /// True for a range that has addresses of the cluster in it, which no rule may name by address.
    let isForbidden: (CIDR) -> Bool

    /// The peers with their blocks joined, and how many addresses of these were never seen.
    ///
    /// - Parameter budget: how many unseen addresses are left to allow.
    func joined(_ peers: [RankedPeer], budget: Double) -> (peers: [RankedPeer], unseen: Double) {
        let blocks = peers.compactMap { if case .block(let cidr) = $0.peer { cidr } else { nil } }
        guard !blocks.isEmpty else { return (peers, 0) }
        let others = peers.filter { if case .block = $0.peer { false } else { true } }
        let (ranges, unseen) = budget > 0 ? widened(blocks, budget) : (blocks, 0)
        return (others + BlockUnion.union(ranges).map { RankedPeer(.block($0)) }, unseen)
    }

    private struct Neighbourhood: Hashable {
        let name: String
        let range: CIDR
    }

    /// Adds the smallest range that holds the addresses of one name within one range of the widest length, cheapest first.
    private func widened(_ exact: [CIDR], _ budget: Double) -> (ranges: [CIDR], unseen: Double) {
        var byName: [Neighbourhood: [CIDR]] = [:]
        for block in exact where block.length == block.address.width {
            let widest = block.address.isIPv4 ? options.widestIPv4 : options.widestIPv6
            guard let range = CIDR(block.address, length: widest) else { continue }
            for name in names(block.address) {
                byName[Neighbourhood(name: name, range: range), default: []].append(block)
            }
        }
        let candidates = Set(byName.values.compactMap(range)).map { (range: $0, unseen: self.unseen($0, exact)) }
            .sorted { ($0.unseen, $0.range) < ($1.unseen, $1.range) }
        var ranges = exact
        var unseen = 0.0
        for candidate in candidates where unseen + candidate.unseen <= budget {
            ranges.append(candidate.range)
            unseen += candidate.unseen
        }
        return (ranges, unseen)
    }

    /// How many addresses of a range are not among the exact ones.
    private func unseen(_ range: CIDR, _ exact: [CIDR]) -> Double {
        range.size - BlockUnion.union(exact).filter(range.contains).reduce(0) { $0 + $1.size }
    }

    private func range(_ members: [CIDR]) -> CIDR? {
        guard let first = members.first, members.count >= options.minimumAddresses else { return nil }
        let widest = first.address.isIPv4 ? options.widestIPv4 : options.widestIPv6
        let range = (widest...first.address.width).reversed().lazy.compactMap { CIDR(first.address, length: $0) }
            .first { range in members.allSatisfy(range.contains) }
        guard let range, !isForbidden(range), Double(members.count) >= options.minimumShare * range.size else {
            return nil
        }
        return range
    }
}

extension CIDR {
    /// How many addresses it holds.
    fileprivate var size: Double {
        (0..<address.width - length).reduce(1) { size, _ in size * 2 }
    }
}
