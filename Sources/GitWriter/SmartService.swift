import CLibgit2
import HTTPTransport

/// One of the four exchanges of git's smart HTTP protocol (gitprotocol-http); pure.
struct SmartService: Sendable, Equatable {
    let name: String
    let isAdvertisement: Bool

    init?(_ service: git_smart_service_t) {
        switch service {
        case GIT_SERVICE_UPLOADPACK_LS: self.init(name: "git-upload-pack", isAdvertisement: true)
        case GIT_SERVICE_UPLOADPACK: self.init(name: "git-upload-pack", isAdvertisement: false)
        case GIT_SERVICE_RECEIVEPACK_LS: self.init(name: "git-receive-pack", isAdvertisement: true)
        case GIT_SERVICE_RECEIVEPACK: self.init(name: "git-receive-pack", isAdvertisement: false)
        default: return nil
        }
    }

    private init(name: String, isAdvertisement: Bool) {
        self.name = name
        self.isAdvertisement = isAdvertisement
    }

    private var advertisementSuffix: String { "/info/refs?service=\(name)" }

    /// The only content type that an answer may have; anything else is a login page or a server without smart HTTP.
    var answerType: String { "application/x-\(name)-\(isAdvertisement ? "advertisement" : "result")" }

    func request(to base: String, body: HTTPBody, credentials: HTTPCredentials?) -> HTTPRequest {
        if isAdvertisement {
            let headers: HTTPHeaders = ["Accept": "*/*"]
            return HTTPRequest(url: base + advertisementSuffix, headers: headers, credentials: credentials)
        }
        let headers: HTTPHeaders = ["Content-Type": "application/x-\(name)-request", "Accept": answerType]
        return HTTPRequest(
            method: "POST", url: "\(base)/\(name)", headers: headers, body: body, credentials: credentials)
    }

    /// Throws unless the answer is git's.
    func check(_ response: HTTPResponse, to request: HTTPRequest) throws(GitError) {
        let what = "\(request.method) \(Redaction()(url: request.url))"
        guard response.status == 200 else {
            throw GitError(status: response.status, what, detail: ServerText.line(response.body))
        }
        let type = response.headers["Content-Type"] ?? ""
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard essence == answerType else {
            throw GitError(
                code: .protocolError,
                message: "\(what): the answer is \(type.isEmpty ? "of no type" : type.prefix(100)), not \(answerType)",
                hint: "check that the address is a git repository's, not a web page's or a login's"
            )
        }
    }

    /// The repository's address after a redirect of the advertisement, as git itself does it; nil for an odd one.
    func base(after response: HTTPResponse) -> String? {
        guard isAdvertisement, response.finalURL.hasSuffix(advertisementSuffix) else { return nil }
        return String(response.finalURL.dropLast(advertisementSuffix.count))
    }
}
