/// A buffer of bytes still to be decoded, with readable padding behind them.
struct RecordBuffer: ~Copyable {
    /// What simdjson may read behind an input.
    private static let padding = 64
    static let defaultCapacity = 256 << 10

    // Owned here alone, and freed in deinit.
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private let baseCapacity: Int

    init(capacity: Int) {
        baseCapacity = capacity
        storage = Self.allocate(capacity)
    }

    deinit { storage.deallocate() }

    private static func allocate(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
        let made = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity + padding, alignment: 64)
        made[capacity...].initializeMemory(as: UInt8.self, repeating: 0)
        return made
    }

    private var capacity: Int { storage.count - Self.padding }

    /// The bytes not consumed yet; valid until the next mutation.
    var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

    mutating func consume(_ count: Int) { start += count }

    /// Lets the body write behind the pending bytes; the body returns how many it wrote.
    mutating func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
        makeRoom()
        let count = try body(UnsafeMutableRawBufferPointer(rebasing: storage[end..<capacity]))
        end += count
        return count
    }

    /// Moves the pending bytes to the front; into more memory if they fill half of it, into less if they are few again.
    private mutating func makeRoom() {
        let count = end - start
        let wanted = count > capacity / 2 ? capacity * 2 : count < baseCapacity / 2 ? baseCapacity : capacity
        let target = wanted == capacity ? storage : Self.allocate(wanted)
        if count > 0 { target.copyMemory(from: pending) }
        if wanted != capacity {
            storage.deallocate()
            storage = target
        }
        start = 0
        end = count
    }
}
