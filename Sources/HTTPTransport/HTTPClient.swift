import Dispatch
import Synchronization

/// Sends requests over libcurl under one policy; keeps idle connections and may be used from any thread.
package final class HTTPClient: Sendable {
    private typealias Answer = Result<HTTPResponse, HTTPError>

    private static let maxIdleSessions = 4
    private static let maxRedirects = 5

    /// What is allowed and how long it may take.
    package let policy: HTTPPolicy
    private let idle = Mutex<[Session]>([])

    /// Makes a client; nothing is contacted yet.
    package init(policy: HTTPPolicy = HTTPPolicy()) {
        self.policy = policy
    }

    /// Sends a request and blocks until it is answered; call it off the cooperative pool.
    ///
    /// With a sink, a 2xx body goes to that file, which only its owner may read; every other body stays in memory. When
    /// an error is thrown the file may hold a part. An answer of any status is a value; no answer is an error.
    package func send(_ request: HTTPRequest, to sink: String? = nil) throws(HTTPError) -> HTTPResponse {
        try exchange(request, to: sink, cancellation: CancellationFlag())
    }

    /// Sends a request on a thread of its own; cancelling the task stops the transfer.
    package func response(for request: HTTPRequest, to sink: String? = nil) async throws(HTTPError) -> HTTPResponse {
        let cancellation = CancellationFlag()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
                // A serial queue gets a thread of its own at once. A concurrent one shares the threads of the cooperative
                // pool, as many as there are cores, and a few waiting transfers would stop every task there is.
                DispatchQueue(label: "leastwise.http").async {
                    continuation.resume(
                        returning: Result { () throws(HTTPError) in
                            try self.exchange(request, to: sink, cancellation: cancellation)
                        }
                    )
                }
            }
        } onCancel: {
            cancellation.set()
        }
        return try result.get()
    }

    private func exchange(
        _ request: HTTPRequest,
        to sink: String?,
        cancellation: CancellationFlag
    ) throws(HTTPError) -> HTTPResponse {
        try HeaderLines.check(method: request.method)
        let session = try takeSession()
        defer { give(back: session) }
        let deadline = policy.totalTimeout.map { ContinuousClock.now + $0 }
        var request = request
        var url = try allowed(HTTPURL(request.url))
        for _ in 0...Self.maxRedirects {
            let collector = ResponseCollector(
                maxBodyBytes: policy.maxResponseBytes,
                sinkPath: sink,
                cancellation: cancellation
            )
            let remaining = deadline.map { ContinuousClock.now.duration(to: $0) }
            let transfer = Transfer(request: request, url: url, policy: policy, remaining: remaining)
            try transfer.perform(on: session.handle, into: collector)
            guard let location = collector.redirectLocation else {
                try collector.finish()
                return collector.response(from: url)
            }
            let next = try redirect(request, from: url, to: location, status: collector.status)
            (request, url) = next
        }
        throw redirectError("more than \(Self.maxRedirects) redirects", from: url)
    }

    /// The request that follows a redirect (RFC 9110, 15.4): 307 and 308 repeat it, the others only where it reads.
    private func redirect(
        _ request: HTTPRequest,
        from url: HTTPURL,
        to location: String,
        status: Int
    ) throws(HTTPError) -> (HTTPRequest, HTTPURL) {
        guard policy.redirects == .sameHost else { throw redirectError("status \(status)", from: url, to: location) }
        let target = try allowed(HTTPURL(location, relativeTo: url))
        guard url.mayRedirect(to: target) else {
            throw redirectError("another scheme, host or port", from: url, to: location)
        }
        var next = request
        if status == 303, request.method != "HEAD" {
            next.method = "GET"
            next.body = .none
        } else if status != 307, status != 308, !["GET", "HEAD"].contains(request.method) {
            throw redirectError("status \(status) for \(request.method)", from: url, to: location)
        }
        return (next, target)
    }

    private func redirectError(_ reason: String, from url: HTTPURL, to location: String? = nil) -> HTTPError {
        let target = location.map { " to \(Redaction()(url: String($0.prefix(500))))" } ?? ""
        return HTTPError(
            code: .redirect,
            message: "\(Redaction()(url: url.text)) redirects\(target): not followed (\(reason))",
            hint: "configure the address that the server redirects to, if you trust it"
        )
    }

    func allowed(_ url: HTTPURL) throws(HTTPError) -> HTTPURL {
        guard policy.allowedSchemes.contains(url.scheme), ["http", "https"].contains(url.scheme) else {
            throw HTTPError(
                code: .invalidRequest,
                message: "scheme \(url.scheme) is not allowed",
                hint: "use one of \(policy.allowedSchemes.joined(separator: ", "))"
            )
        }
        return url
    }

    func takeSession() throws(HTTPError) -> Session {
        if let session = idle.withLock({ $0.popLast() }) { return session }
        return try Session()
    }

    func give(back session: Session) {
        idle.withLock { sessions in
            guard sessions.count < Self.maxIdleSessions else { return }
            sessions.append(session)
        }
    }
}

/// Holds a handle while it waits for its next use.
// @unchecked: the client's lock hands a session to one thread at a time, which is all that libcurl asks for.
final class Session: @unchecked Sendable {
    let handle: CurlHandle

    init() throws(HTTPError) {
        handle = try CurlHandle()
    }
}

extension ResponseCollector {
    /// Where a redirect leads; nil for any other answer.
    var redirectLocation: String? {
        [301, 302, 303, 307, 308].contains(status) ? headers["Location"] : nil
    }

    func response(from url: HTTPURL) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: body, finalURL: url.text)
    }
}
