import Domain

/// Who says to have had an address, and when.
struct AddressClaim {
    let owner: WorkloadID
    let podName: String
    /// Nil where the pod's beginning is unknown.
    let from: Timestamp?
    /// Nil where the claim has not ended, as far as is known.
    let to: Timestamp?

    fileprivate func isSamePod(as other: AddressClaim) -> Bool {
        podName == other.podName && owner == other.owner
    }
}

/// Turns the claims on one address into leases.
enum LeaseTimeline {
    /// Leases sorted by beginning; those of one pod that overlap are one.
    static func leases(of address: IPAddress, _ claims: [AddressClaim]) -> [AddressLease] {
        let closed = closingOpenEnds(of: beginningAfterOthers(claims).sorted(by: precedes))
        var leases: [AddressLease] = []
        var latest: [AddressOwner: Int] = [:]
        for claim in closed {
            guard let from = claim.from, let to = claim.to, from <= to else { continue }
            let owner = AddressOwner(owner: claim.owner, podName: claim.podName)
            if let position = latest[owner], from <= leases[position].to {
                leases[position] = lease(address, claim, from: leases[position].from, to: max(leases[position].to, to))
            } else {
                latest[owner] = leases.count
                leases.append(lease(address, claim, from: from, to: to))
            }
        }
        return leases
    }

    private struct AddressOwner: Hashable {
        let owner: WorkloadID
        let podName: String
    }

    private static func lease(
        _ address: IPAddress, _ claim: AddressClaim, from: Timestamp, to: Timestamp
    ) -> AddressLease {
        AddressLease(address: address, owner: claim.owner, podName: claim.podName, from: from, to: to)
    }

    /// A pod of unknown age had its address at the earliest after the last claim that has ended.
    private static func beginningAfterOthers(_ claims: [AddressClaim]) -> [AddressClaim] {
        let lastEnd = claims.compactMap(\.to).max()
        return claims.map { claim in
            guard claim.from == nil else { return claim }
            let start = lastEnd.map { Timestamp(nanoseconds: $0.rawValue &+ 1) } ?? Timestamp(nanoseconds: 0)
            return AddressClaim(owner: claim.owner, podName: claim.podName, from: start, to: claim.to)
        }
    }

    /// Ends each open claim just before the next one of another pod: an address has one pod at a time.
    private static func closingOpenEnds(of claims: [AddressClaim]) -> [AddressClaim] {
        var closed = claims
        // The nearest later claim, and the nearest later one of another pod than that.
        var next: AddressClaim?
        var alternative: AddressClaim?
        var end = claims.count
        while end > 0 {
            let start = claims[..<end].lastIndex { $0.from != claims[end - 1].from }.map { $0 + 1 } ?? 0
            for position in start..<end where claims[position].to == nil {
                let claim = claims[position]
                let successor = next.map { $0.isSamePod(as: claim) } ?? false ? alternative : next
                let limit = successor?.from.map { Timestamp(nanoseconds: $0.rawValue - 1) }
                closed[position] = AddressClaim(
                    owner: claim.owner, podName: claim.podName, from: claim.from, to: limit ?? AddressLease.openEnd)
            }
            for claim in claims[start..<end] {
                if let known = next, !known.isSamePod(as: claim) { alternative = known }
                next = claim
            }
            end = start
        }
        return closed
    }

    private static func precedes(_ left: AddressClaim, _ right: AddressClaim) -> Bool {
        let (first, second) = (left.from?.rawValue ?? 0, right.from?.rawValue ?? 0)
        if first != second { return first < second }
        let (leftEnd, rightEnd) = (left.to ?? AddressLease.openEnd, right.to ?? AddressLease.openEnd)
        return (leftEnd, left.owner, left.podName) < (rightEnd, right.owner, right.podName)
    }
}
