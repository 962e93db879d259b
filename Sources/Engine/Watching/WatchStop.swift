import HTTPTransport
import Synchronization

/// Ends a watch from another thread, also before it waits.
final class WatchStop: Sendable {
    private let flag: CancellationFlag
    private let current = Mutex<HTTPWaker?>(nil)

    init(_ flag: CancellationFlag) { self.flag = flag }

    func waker(_ waker: HTTPWaker) { current.withLock { $0 = waker } }

    func stop() {
        flag.set()
        current.withLock { $0 }?.wake()
    }
}
