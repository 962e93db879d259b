import CLibcurl
import Synchronization

// @safe: the pointer is valid from init to deinit and leaves this type for calls of libcurl only.

/// Runs many exchanges at once on the thread that calls it; over HTTP/2 those with one server share a connection.
///
/// An exchange that waits costs some 10 KiB over HTTP/2, and some 80 KiB on a TLS connection of its own. Redirects are
/// not followed. It belongs to one thread at a time; only the waker may be used from any.
@safe
package final class HTTPMultiplexer {
    /// How an exchange ended.
    package typealias Outcome = Result<HTTPStreamEnd, HTTPError>

    /// Ends a `run` from another thread.
    package let waker: HTTPWaker
    private let multi: UnsafeMutableRawPointer
    /// By the address of the handle.
    private var running: [UInt: RunningExchange] = [:]

    /// Makes one; nothing is contacted yet.
    package init() throws(HTTPError) {
        // The first easy handle sets libcurl up.
        _ = try CurlHandle()
        guard let multi = unsafe curl_multi_init() else {
            throw HTTPError(
                code: .internalFailure, message: "libcurl could not be started",
                hint: "check the memory of the machine and the installed libcurl")
        }
        unsafe self.multi = unsafe multi
        waker = unsafe HTTPWaker(multi)
    }

    deinit {
        waker.close()
        for exchange in running.values { _ = unsafe curl_multi_remove_handle(multi, exchange.handle.pointer) }
        running.removeAll()
        _ = unsafe curl_multi_cleanup(multi)
    }

    /// How many exchanges run.
    package var count: Int { running.count }

    /// Starts a request without a body under a policy of its own.
    ///
    /// - Parameters:
    ///   - id: what `run` calls the exchange when it ends; nothing else that runs may have it.
    ///   - freshConnection: true to use no connection that stands already: it may be dead.
    ///   - take: gets the pieces of a 2xx body during `run`, cut anywhere and valid during the call alone; false ends the
    ///     exchange. It must not call this value.
    package func start(
        _ request: HTTPRequest, id: Int, policy: HTTPPolicy, freshConnection: Bool = false,
        take: @escaping (UnsafeRawBufferPointer) -> Bool
    ) throws(HTTPError) {
        let exchange = try unsafe RunningExchange(id: id, request: request, policy: policy, take: take)
        if freshConnection { try exchange.handle.set(CURLOPT_FRESH_CONNECT, 1) }
        let pointer = unsafe exchange.handle.pointer
        guard unsafe curl_multi_add_handle(multi, pointer) == CURLM_OK else {
            throw HTTPError(
                code: .internalFailure, message: "libcurl takes no more requests",
                hint: "check the memory of the machine and its limit of open files")
        }
        running[UInt(bitPattern: pointer)] = exchange
    }

    /// Stops an exchange; nothing more is heard of it.
    package func cancel(_ id: Int) {
        guard let exchange = running.values.first(where: { $0.id == id }) else { return }
        _ = unsafe remove(exchange.handle.pointer)
    }

    /// Moves bytes until something ended, the time is over or the waker is used; tells what ended.
    package func run(for timeout: Duration) -> [(id: Int, outcome: Outcome)] {
        perform()
        let early = ended()
        guard early.isEmpty else { return early }
        let milliseconds = Int32(clamping: max(0, timeout.milliseconds))
        _ = unsafe curl_multi_poll(multi, nil, 0, milliseconds, nil)
        perform()
        return ended()
    }

    private func perform() {
        var count: Int32 = 0
        _ = unsafe curl_multi_perform(multi, &count)
    }

    private func ended() -> [(id: Int, outcome: Outcome)] {
        var found: [(id: Int, outcome: Outcome)] = []
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let pointer = unsafe message.pointee.easy_handle
            else { continue }
            let code = unsafe message.pointee.data.result
            if let exchange = unsafe remove(pointer) { found.append((exchange.id, exchange.outcome(code))) }
        }
        return found
    }

    private func remove(_ pointer: UnsafeMutableRawPointer) -> RunningExchange? {
        _ = unsafe curl_multi_remove_handle(multi, pointer)
        return running.removeValue(forKey: UInt(bitPattern: pointer))
    }
}

/// Wakes a multiplexer from any thread, also after it is gone.
package final class HTTPWaker: Sendable {
    // As a number: a pointer cannot be handed to other threads.
    private let address: Mutex<UInt?>

    fileprivate init(_ multi: UnsafeMutableRawPointer) {
        address = Mutex(UInt(bitPattern: multi))
    }

    /// Ends the `run` that is waiting, or the next one.
    package func wake() {
        address.withLock { address in
            guard let multi = unsafe address.flatMap({ unsafe UnsafeMutableRawPointer(bitPattern: $0) }) else { return }
            _ = unsafe curl_multi_wakeup(multi)
        }
    }

    fileprivate func close() { address.withLock { $0 = nil } }
}

/// An exchange between its start and its end, with all that libcurl only borrows.
// @safe: the buffer is this value's own, from init to deinit.
@safe
private final class RunningExchange {
    let id: Int
    let handle: CurlHandle
    private let transfer: Transfer
    private let lists: TransferLists
    private let collector: ResponseCollector
    private let detail: UnsafeMutableBufferPointer<CChar>

    init(
        id: Int, request: HTTPRequest, policy: HTTPPolicy, take: @escaping (UnsafeRawBufferPointer) -> Bool
    ) throws(HTTPError) {
        let url = try HTTPClient(policy: policy).allowed(HTTPURL(request.url))
        self.id = id
        transfer = Transfer(request: request, url: url, policy: policy, remaining: policy.totalTimeout)
        handle = try CurlHandle()
        lists = try TransferLists(transfer)
        collector = ResponseCollector(
            maxBodyBytes: policy.maxResponseBytes, sinkPath: nil, cancellation: CancellationFlag())
        unsafe collector.stream(to: take)
        unsafe detail = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe detail.initialize(repeating: 0)
        try transfer.setUp(handle, lists, into: collector)
        try transfer.setMethodWithoutBody(handle)
        try setWaiting()
    }

    deinit {
        // Emptied before lists and collector go, so that the handle points to nothing.
        handle.reset()
        unsafe detail.deallocate()
    }

    private func setWaiting() throws(HTTPError) {
        try unsafe handle.set(CURLOPT_ERRORBUFFER, memory: UnsafeRawPointer(detail.baseAddress))
        // Rather waits for a connection that others make than to make one more, where HTTP/2 lets them share it.
        try handle.set(CURLOPT_PIPEWAIT, 1)
        try handle.set(CURLOPT_NOPROGRESS, 1)
        // A peer that vanished without a word is noticed after two minutes, whatever the stream has to say.
        try handle.set(CURLOPT_TCP_KEEPIDLE, 30)
        try handle.set(CURLOPT_TCP_KEEPINTVL, 10)
        guard let total = transfer.policy.totalTimeout, transfer.policy.stallTimeout >= total else { return }
        // libcurl would wake up every second to measure.
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, 0)
        try handle.set(CURLOPT_LOW_SPEED_TIME, 0)
    }

    func outcome(_ code: CURLcode) -> HTTPMultiplexer.Outcome {
        guard code == CURLE_OK || collector.stop == .ended else {
            let text = unsafe detail.baseAddress.map { unsafe String(cString: $0) } ?? ""
            return .failure(transfer.failure((code, text), collector))
        }
        return .success(
            HTTPStreamEnd(
                response: collector.response(from: transfer.url), trailers: collector.trailers,
                isComplete: collector.stop == nil))
    }
}
