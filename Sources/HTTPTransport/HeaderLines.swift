import FoundationEssentials

/// Writes a request's header lines and refuses what could smuggle another one in (RFC 9112, 11.1).
enum HeaderLines {
    /// The lines as libcurl wants them.
    static func lines(of request: HTTPRequest) throws(HTTPError) -> [String] {
        var fields = request.headers.fields.map { ($0.name, $0.value) }
        if let credentials = request.credentials {
            fields.append(field(of: credentials))
        }
        var lines: [String] = []
        for (name, value) in fields {
            guard isToken(name), isFieldValue(value) else { throw invalid("header \(Redaction()(name))") }
            // libcurl drops "name:" and sends "name;" as a field without a value.
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // Neither the wait for "100 Continue" nor a form's content type is wanted.
        lines.append("Expect:")
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        return lines
    }

    /// Throws unless the method is a token (RFC 9110, 9.1).
    static func check(method: String) throws(HTTPError) {
        guard isToken(method) else { throw invalid("method") }
    }

    private static func field(of credentials: HTTPCredentials) -> (String, String) {
        switch credentials {
        case .bearer(let token):
            return ("Authorization", "Bearer \(token.reveal())")
        case .basic(let user, let password):
            let pair = Data("\(user):\(password.reveal())".utf8).base64EncodedString()
            return ("Authorization", "Basic \(pair)")
        case .scheme(let scheme, let token):
            return ("Authorization", "\(scheme) \(token.reveal())")
        case .header(let name, let value):
            return (name, value.reveal())
        }
    }

    private static func invalid(_ what: String) -> HTTPError {
        HTTPError(
            code: .invalidRequest,
            message: "the request's \(what) holds characters that HTTP forbids",
            hint: "check tokens and configured texts for line ends and control characters"
        )
    }

    private static func isToken(_ text: String) -> Bool {
        let special = Set("!#$%&'*+-.^_`|~".utf8)
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: special.contains(byte)
                }
            }
    }

    private static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}
