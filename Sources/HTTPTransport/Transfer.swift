import CLibcurl

/// One exchange on one handle: sets the options, performs, and turns the outcome into a value.
struct Transfer {
    typealias Outcome = (code: CURLcode, detail: String)

    let request: HTTPRequest
    let url: HTTPURL
    let policy: HTTPPolicy
    /// What is left of the total time; nil for no bound.
    let remaining: Duration?

    /// Performs the exchange; redirects are answers here.
    func perform(on handle: borrowing CurlHandle, into collector: ResponseCollector) throws(HTTPError) {
        let lists = try TransferLists(self)
        try setUp(handle, lists, into: collector)
        let outcome = try performWithBody(handle)
        // Emptied before list and body go, so that the idle handle points to nothing.
        defer { handle.reset() }
        guard outcome.code == CURLE_OK, collector.stop == nil else {
            throw failure(outcome, collector)
        }
    }

    /// Sets everything but method and body; the lists and the collector have to outlive the transfer.
    func setUp(
        _ handle: borrowing CurlHandle, _ lists: borrowing TransferLists, into collector: ResponseCollector
    ) throws(HTTPError) {
        handle.reset()
        try setConnection(handle)
        try handle.set(CURLOPT_HTTPHEADER, lists.headers)
        try setCallbacks(handle, collector)
        try handle.set(CURLOPT_CONNECT_TO, lists.connectTo)
    }

    private func setConnection(_ handle: borrowing CurlHandle) throws(HTTPError) {
        try handle.set(CURLOPT_URL, url.text)
        try handle.set(CURLOPT_PROTOCOLS_STR, policy.allowedSchemes.joined(separator: ","))
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_NOSIGNAL, 1)
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try handle.set(
            CURLOPT_HTTP_VERSION,
            policy.assumesHTTP2 ? Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE) : Int(CURL_HTTP_VERSION_2TLS))
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try handle.set(CURLOPT_ACCEPT_ENCODING, "gzip")
        try handle.set(CURLOPT_USERAGENT, policy.userAgent)
        try setTrust(handle)
        // On a connection that was open already libcurl sends a request again when the answer does not come, whatever
        // its method; what must not be done twice (RFC 9110, 9.2.2) gets a connection of its own.
        try handle.set(CURLOPT_FRESH_CONNECT, ["POST", "PATCH"].contains(request.method) ? 1 : 0)
        try setTimeouts(handle)
    }

    private func setTrust(_ handle: borrowing CurlHandle) throws(HTTPError) {
        if let caPEM = policy.caPEM {
            try handle.set(CURLOPT_CAINFO_BLOB, blob: caPEM)
            try handle.set(CURLOPT_CAPATH, nil)
        } else if let caFile = policy.caFile {
            try handle.set(CURLOPT_CAINFO, caFile)
            try handle.set(CURLOPT_CAPATH, nil)
        }
        switch policy.identity {
        case .files(let certificate, let key):
            try handle.set(CURLOPT_SSLCERT, certificate)
            try handle.set(CURLOPT_SSLKEY, key)
        case .pem(let certificate, let key):
            try handle.set(CURLOPT_SSLCERT_BLOB, blob: certificate)
            try handle.set(CURLOPT_SSLKEY_BLOB, blob: Array(key.reveal().utf8))
        case nil: break
        }
    }

    private func setTimeouts(_ handle: borrowing CurlHandle) throws(HTTPError) {
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, policy.connectTimeout.milliseconds))
        try handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try handle.set(CURLOPT_LOW_SPEED_TIME, max(1, policy.stallTimeout.milliseconds / 1000))
        guard let remaining else { return }
        try handle.set(CURLOPT_TIMEOUT_MS, max(1, remaining.milliseconds))
    }

    private func setCallbacks(_ handle: borrowing CurlHandle, _ collector: ResponseCollector) throws(HTTPError) {
        // Borrowed: the caller holds the collector until `perform` returns.
        let context = unsafe Unmanaged.passUnretained(collector).toOpaque()
        try unsafe handle.set(CURLOPT_WRITEDATA, memory: context)
        try unsafe handle.set(CURLOPT_HEADERDATA, memory: context)
        try unsafe handle.set(CURLOPT_XFERINFODATA, memory: context)
        try unsafe handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            unsafe Callback.call(bytes, size * count, context) { unsafe $0.take(body: $1) }
        }
        try unsafe handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            unsafe Callback.call(bytes, size * count, context) { unsafe $0.take(headerLine: $1) }
        }
        try handle.set(CURLOPT_NOPROGRESS, 0)
        try unsafe handle.setProgress { context, _, _, _, _ in
            guard let collector = unsafe Callback.collector(context) else { return 1 }
            return collector.mayContinue() ? 0 : 1
        }
    }

    /// Sets method and body; what libcurl only borrows lives until the transfer is over.
    private func performWithBody(_ handle: borrowing CurlHandle) throws(HTTPError) -> Outcome {
        switch request.body {
        case .bytes(let bytes) where !bytes.isEmpty:
            try setMethodWithBody(handle, size: bytes.count)
            return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(HTTPError) -> Outcome in
                try unsafe handle.set(CURLOPT_POSTFIELDS, memory: UnsafeRawPointer(buffer.baseAddress))
                return handle.perform()
            }
        case .file(let path):
            let file = try OpenFile(readingFrom: path)
            try setMethodWithBody(handle, size: try file.size(of: path))
            try unsafe handle.set(CURLOPT_READDATA, memory: file.stream)
            return handle.perform()
        case .none, .bytes:
            try setMethodWithoutBody(handle)
            return handle.perform()
        }
    }

    func setMethodWithoutBody(_ handle: borrowing CurlHandle) throws(HTTPError) {
        switch request.method {
        case "GET": try handle.set(CURLOPT_HTTPGET, 1)
        case "HEAD": try handle.set(CURLOPT_NOBODY, 1)
        case "POST", "PUT", "PATCH":
            try setMethodWithBody(handle, size: 0)
            // Without it libcurl would read the body from standard input.
            try handle.set(CURLOPT_COPYPOSTFIELDS, "")
        default:
            try handle.set(CURLOPT_HTTPGET, 1)
            try handle.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func setMethodWithBody(_ handle: borrowing CurlHandle, size: Int) throws(HTTPError) {
        try handle.set(CURLOPT_POST, 1)
        try handle.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: size)
        if request.method != "POST" { try handle.set(CURLOPT_CUSTOMREQUEST, request.method) }
    }

    func failure(_ outcome: Outcome, _ collector: ResponseCollector) -> HTTPError {
        let redaction = Redaction(secrets: request.credentials.map { [$0.secret] } ?? [])
        let what = "\(request.method) \(redaction(url: url.text))"
        return switch collector.stop {
        case .bodyTooLarge, .headersTooLarge:
            HTTPError(
                code: .tooLarge,
                message: "\(what): the answer is larger than \(policy.maxResponseBytes) bytes",
                hint: "check that the address is the server's, or raise the limit"
            )
        case .sinkFailed:
            HTTPError(code: .file, message: "\(what): cannot write the answer", hint: "check the free space")
        case .cancelled, .ended:
            HTTPError(code: .cancelled, message: "\(what): cancelled", hint: "start it again")
        case nil:
            CurlFailure.error(outcome.code, detail: redaction(outcome.detail), what: what)
        }
    }
}

/// The lists that libcurl borrows for a transfer.
struct TransferLists: ~Copyable {
    let headers: CurlList
    let connectTo: CurlList

    init(_ transfer: Transfer) throws(HTTPError) {
        headers = CurlList(try HeaderLines.lines(of: transfer.request))
        connectTo = CurlList(transfer.policy.connectTo.map { ["::\($0)"] } ?? [])
    }
}

/// The way from libcurl's C callbacks to the collector.
private enum Callback {
    static func collector(_ context: UnsafeMutableRawPointer?) -> ResponseCollector? {
        unsafe context.map { unsafe Unmanaged<ResponseCollector>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Returns the number of bytes taken; anything but `count` stops the transfer.
    static func call(
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int,
        _ context: UnsafeMutableRawPointer?,
        _ take: (ResponseCollector, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let collector = unsafe collector(context), let bytes = unsafe bytes, count > 0 else { return 0 }
        return unsafe take(collector, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
