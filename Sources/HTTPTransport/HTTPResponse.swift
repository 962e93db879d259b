/// The final answer to a request; any status is an answer, 4xx and 5xx included.
package struct HTTPResponse: Sendable, Equatable {
    /// The status code.
    package let status: Int
    /// The header fields of the final answer.
    package let headers: HTTPHeaders
    /// The body; empty where a 2xx body went into the sink file.
    package let body: [UInt8]
    /// Where the answer came from after redirects.
    package let finalURL: String

    /// Makes a response.
    package init(status: Int, headers: HTTPHeaders, body: [UInt8], finalURL: String) {
        self.status = status
        self.headers = headers
        self.body = body
        self.finalURL = finalURL
    }

    /// Whether the status is 2xx.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as text, with replacement characters for what is not UTF-8.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
