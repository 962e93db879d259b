/// The latest long-running requests that were counted, so that their further events are not.
///
/// A window of bounded size: a request that outlives so many others of its kind is counted again, which the facts
/// bear (counts inform, they decide nothing).
struct RecentRequests {
    private var known: Set<UInt64> = []
    private var order: [UInt64] = []
    private var next = 0
    private let capacity: Int

    init(capacity: Int = 1 << 16) { self.capacity = capacity }

    func contains(_ id: UInt64) -> Bool { !known.isEmpty && known.contains(id) }

    /// True if the request was not known yet.
    mutating func insert(_ id: UInt64) -> Bool {
        guard known.insert(id).inserted else { return false }
        if order.count < capacity {
            order.append(id)
        } else {
            known.remove(order[next])
            order[next] = id
            next = (next + 1) % capacity
        }
        return true
    }
}
