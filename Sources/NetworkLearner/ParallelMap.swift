import Dispatch
import Synchronization

extension Array where Element: Sendable {
    /// The results for all elements in their order, made on all cores.
    ///
    /// Pieces are small enough that no core waits long for another, and large enough that handing them out costs nothing.
    func parallelMap<Output: Sendable>(_ transform: @Sendable (Element) -> Output) -> [Output] {
        let size = Swift.max(1, Swift.min(256, count / 8))
        let pieces = (count + size - 1) / size
        guard pieces > 1 else { return map(transform) }
        let results = Mutex<[Int: [Output]]>([:])
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            let made = self[piece * size..<Swift.min(count, (piece + 1) * size)].map(transform)
            results.withLock { $0[piece] = made }
        }
        return results.withLock { made in (0..<pieces).flatMap { made[$0] ?? [] } }
    }
}
