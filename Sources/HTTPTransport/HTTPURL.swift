import CLibcurl

/// A URL as libcurl itself reads it, so that what is checked is what is contacted.
package struct HTTPURL: Sendable, Equatable {
    /// The whole URL in libcurl's normal form, without a fragment.
    package let text: String
    /// The scheme in lower case.
    package let scheme: String
    /// The host in lower case; an IPv6 address in brackets.
    package let host: String
    /// The port, the scheme's own where the URL names none.
    package let port: Int
    /// The path, beginning with `/`.
    package let path: String

    /// Reads an absolute URL, or a reference relative to another one; user information is refused.
    package init(_ reference: String, relativeTo base: HTTPURL? = nil) throws(HTTPError) {
        let handle = try CurlURL()
        if let base {
            try handle.set(base.text)
        }
        try handle.set(reference)
        guard handle.part(CURLUPART_USER) == nil, handle.part(CURLUPART_PASSWORD) == nil else {
            throw Self.invalid("a URL holds user information", "move user and token from the URL to the token setting")
        }
        try handle.removeFragment()
        guard let text = handle.part(CURLUPART_URL), let scheme = handle.part(CURLUPART_SCHEME),
            let host = handle.part(CURLUPART_HOST), !host.isEmpty,
            let port = handle.part(CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT)).flatMap(Int.init)
        else {
            throw Self.invalid("a URL has no host: \(Redaction()(url: reference))", "write it as https://host/path")
        }
        self.text = text
        self.path = handle.part(CURLUPART_PATH) ?? "/"
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        self.port = port
    }

    /// Whether two URLs lead to the same scheme, host and port (RFC 6454).
    package func isSameOrigin(as other: HTTPURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// Whether a request for one URL may go on to another with its credentials.
    func mayRedirect(to target: HTTPURL) -> Bool {
        guard host == target.host else { return false }
        if isSameOrigin(as: target) { return true }
        return scheme == "http" && port == 80 && target.scheme == "https" && target.port == 443
    }

    fileprivate static func invalid(_ message: String, _ hint: String) -> HTTPError {
        HTTPError(code: .invalidRequest, message: message, hint: hint)
    }
}

/// Owns one libcurl URL handle.
// @safe: the pointer is valid from init to deinit and never leaves this type.
@safe
private struct CurlURL: ~Copyable {
    let pointer: OpaquePointer

    init() throws(HTTPError) {
        guard let pointer = unsafe curl_url() else {
            throw HTTPURL.invalid("there is no memory for a URL", "check the memory of the machine")
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe curl_url_cleanup(pointer)
    }

    /// Replaces the URL; a relative reference is resolved against what is there.
    func set(_ text: String) throws(HTTPError) {
        let code = unsafe text.utf8.contains(0) ? CURLUE_MALFORMED_INPUT : curl_url_set(pointer, CURLUPART_URL, text, 0)
        guard code != CURLUE_OK else { return }
        let reason = unsafe curl_url_strerror(code).map { unsafe String(cString: $0) } ?? "malformed"
        throw HTTPURL.invalid("not a URL: \(Redaction()(url: text)): \(reason)", "write it as https://host/path")
    }

    func removeFragment() throws(HTTPError) {
        guard unsafe curl_url_set(pointer, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK else {
            throw HTTPURL.invalid("a URL's fragment cannot be removed", "write it as https://host/path")
        }
    }

    func part(_ part: CURLUPart, flags: UInt32 = 0) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(pointer, part, &value, flags) == CURLUE_OK, let text = unsafe value else {
            return nil
        }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
