import Dispatch

extension Array where Element: Sendable {
    /// The results for all elements in their order, made on all cores.
    ///
    /// Pieces are small enough that no core waits long for another, and large enough that handing them out costs nothing.
    func parallelMap<Output: Sendable>(_ transform: @Sendable (Element) -> Output) -> [Output] {
        let size = Swift.max(1, Swift.min(256, count / 8))
        let pieces = (count + size - 1) / size
        guard pieces > 1 else { return map(transform) }
        var made: [[Output]] = Array<[Output]>(repeating: [], count: pieces)
        made.withUnsafeMutableBufferPointer { buffer in
            // Each piece writes a slot of its own, and `concurrentPerform` returns when all are written: a lock would only
            // hide this from the thread sanitizer, which does not see the ones of the standard library on Linux.
            nonisolated(unsafe) let slots = buffer
            DispatchQueue.concurrentPerform(iterations: pieces) { piece in
                slots[piece] = self[piece * size..<Swift.min(count, (piece + 1) * size)].map(transform)
            }
        }
        return made.flatMap { $0 }
    }
}
