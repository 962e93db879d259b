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
    /// True for a range that has addresses of the cluster in it, which no rule may name by address.
    let isForbidden: (CIDR) -> Bool

    /// The peers with their blocks joined, and how many addresses of these were never seen.
    ///
    /// - Parameter budget: how many unseen addresses are left to allow.
    func joined(_ peers: [RankedPeer], budget: Double) -> (peers: [RankedPeer], unseen: Double) {
        let blocks = peers.compactMap { if case .block(let cidr) = $0.peer { cidr } else { nil } }
        guard !blocks.isEmpty else { return (peers, 0) }
        let others = peers.filter { if case .block = $0.peer { false } else { true } }
        let (ranges, unseen) = budget > 0 ? widened(BlockUnion.union(blocks), budget) : (blocks, 0)
        return (others + BlockUnion.union(ranges).map { RankedPeer(.block($0)) }, unseen)
    }

    /// Replaces the addresses within one range of the widest length by the smallest range that holds them, cheapest first.
    private func widened(_ exact: [CIDR], _ budget: Double) -> (ranges: [CIDR], unseen: Double) {
        var byRange: [CIDR: [CIDR]] = [:]
        for block in exact {
            let widest = block.address.isIPv4 ? options.widestIPv4 : options.widestIPv6
            guard block.length > widest, let range = CIDR(block.address, length: widest) else { continue }
            byRange[range, default: []].append(block)
        }
        let candidates = byRange.values.compactMap(candidate).sorted {
            ($0.unseen, $0.range) < ($1.unseen, $1.range)
        }
        var ranges = exact
        var unseen = 0.0
        for candidate in candidates where unseen + candidate.unseen <= budget {
            ranges.append(candidate.range)
            unseen += candidate.unseen
        }
        return (ranges, unseen)
    }

    private func candidate(_ members: [CIDR]) -> (range: CIDR, unseen: Double)? {
        let seen = members.reduce(0) { $0 + $1.size }
        guard let first = members.first, members.count > 1, seen >= Double(options.minimumAddresses) else { return nil }
        let widest = first.address.isIPv4 ? options.widestIPv4 : options.widestIPv6
        let range = (widest...first.address.width).reversed().lazy.compactMap { CIDR(first.address, length: $0) }
            .first { range in members.allSatisfy(range.contains) }
        guard let range, !isForbidden(range) else { return nil }
        return (range, range.size - seen)
    }
}

extension CIDR {
    /// How many addresses it holds.
    fileprivate var size: Double {
        (0..<address.width - length).reduce(1) { size, _ in size * 2 }
    }
}
