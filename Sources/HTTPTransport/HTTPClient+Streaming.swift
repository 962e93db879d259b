/// How a streamed answer ended.
package struct HTTPStreamEnd: Sendable, Equatable {
    /// The answer: its body is empty where the status is 2xx, since the pieces were handed on.
    package let response: HTTPResponse
    /// The fields behind the body, such as `grpc-status`.
    package let trailers: HTTPHeaders
    /// False where `take` wanted no more.
    package let isComplete: Bool
}

extension HTTPClient {
    /// Sends a request and hands on the pieces of a 2xx body as they arrive; blocks its thread until the answer ends,
    /// `take` returns false, or the flag is set (which is noticed within a second). Redirects are not followed.
    ///
    /// The pieces are cut anywhere, and valid during the call alone. `maxResponseBytes` bounds no streamed body; the
    /// stall timeout counts, so that a stream that may be silent needs a long one.
    package func stream(
        _ request: HTTPRequest, cancellation: CancellationFlag, _ take: (UnsafeRawBufferPointer) -> Bool
    ) throws(HTTPError) -> HTTPStreamEnd {
        try HeaderLines.check(method: request.method)
        let session = try takeSession()
        defer { give(back: session) }
        let url = try allowed(HTTPURL(request.url))
        let transfer = Transfer(request: request, url: url, policy: policy, remaining: policy.totalTimeout)
        let collector = ResponseCollector(
            maxBodyBytes: policy.maxResponseBytes, sinkPath: nil, cancellation: cancellation)
        return try unsafe withoutActuallyEscaping(take) { (take) throws(HTTPError) in
            unsafe collector.stream(to: take)
            defer { unsafe collector.stream(to: nil) }
            do throws(HTTPError) {
                try transfer.perform(on: session.handle, into: collector)
            } catch {
                guard collector.stop == .ended else { throw error }
            }
            return HTTPStreamEnd(
                response: collector.response(from: url), trailers: collector.trailers,
                isComplete: collector.stop == nil)
        }
    }
}
