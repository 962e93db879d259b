import HTTPTransport

extension GitError {
    /// Makes an error of a request that got no answer.
    init(http error: HTTPError) {
        let code: Code =
            switch error.code {
            case .unreachable: .unreachable
            case .timeout: .timeout
            case .certificate: .certificate
            case .tooLarge: .tooLarge
            case .redirect: .redirect
            case .protocolError: .protocolError
            case .file: .file
            case .invalidRequest: .invalidLocation
            default: .internalFailure
            }
        self.init(code: code, message: error.message, hint: error.hint, underlying: error)
    }

    /// Makes an error of an answer that is no success; `what` names the request.
    init(status: Int, _ what: String, detail: String) {
        let (code, hint): (Code, String) =
            switch status {
            case 401: (.unauthorized, "check the token, its user and that it has not expired")
            case 403: (.unauthorized, "the token lacks a right here: let it read and write the repository's contents")
            case 404, 410: (.notFound, "check the address; forges also answer so to a token without access")
            case 413: (.tooLarge, "the server takes no push of this size: raise its limit")
            case 429: (.serverError, "the server asks for fewer requests: try later")
            case 500...599: (.serverError, "try again; look at the server's log if it stays")
            default: (.protocolError, "check that the address is the repository's")
            }
        self.init(code: code, message: "\(what): status \(status)\(detail.isEmpty ? "" : ": \(detail)")", hint: hint)
    }
}
