import CLibcurl

/// Turns libcurl's codes into the module's error; pure.
enum CurlFailure {
    /// libcurl's own words for a code.
    static func text(_ code: CURLcode) -> String {
        unsafe curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? "code \(code.rawValue)"
    }

    /// The error for a failed transfer; `what` names method and URL, redacted already.
    static func error(_ code: CURLcode, detail: String, what: String) -> HTTPError {
        let (kind, hint) = classification(code)
        return HTTPError(
            code: kind,
            message: "\(what): \(detail.isEmpty ? text(code) : detail)",
            hint: hint,
            curlCode: Int32(bitPattern: code.rawValue)
        )
    }

    private static func classification(_ code: CURLcode) -> (HTTPError.Code, String) {
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            (.timeout, "check the network path and the server's load, or raise the timeout")
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED:
            (.unreachable, "check host name, port, DNS, firewall and network policy")
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY:
            (.unreachable, "check the proxy in HTTPS_PROXY, HTTP_PROXY and NO_PROXY")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            (.certificate, "name the authority that signed the server's certificate in caFile")
        case CURLE_SSL_CACERT_BADFILE:
            (.certificate, "caFile has to be a readable file of PEM certificates")
        case CURLE_SSL_CERTPROBLEM:
            (.certificate, "check this side's certificate and key: PEM files that are readable and belong together")
        case CURLE_SSL_CONNECT_ERROR:
            (.protocolError, "check that the port speaks TLS 1.2 or newer")
        case CURLE_URL_MALFORMAT:
            (.invalidRequest, "write the URL as https://host/path")
        case CURLE_READ_ERROR:
            (.file, "check that the body file is readable and stays unchanged")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            (.internalFailure, "check the memory of the machine")
        default:
            (.protocolError, "check that the address is the server's and that no proxy cuts the connection")
        }
    }
}
