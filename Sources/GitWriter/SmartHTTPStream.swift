import FoundationEssentials
import HTTPTransport

/// One request and its answer, which libgit2 writes and then reads; used from one thread.
final class SmartHTTPStream {
    private let service: SmartService
    let session: RemoteSession
    private let requestPath: String
    private let answerPath: String
    private var body: RequestBody
    private var answer: SpoolFile?

    init(_ service: SmartService, _ session: RemoteSession) {
        self.service = service
        self.session = session
        let number = session.nextNumber()
        requestPath = "\(session.spoolPath)/request-\(number)"
        answerPath = "\(session.spoolPath)/answer-\(number)"
        body = RequestBody(spoolPath: requestPath)
    }

    deinit {
        if body.isSpooled { try? FileManager.default.removeItem(atPath: requestPath) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(GitError) {
        try unsafe body.append(bytes)
    }

    /// Reads what fits; the first call sends the request. Returns 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GitError) -> Int {
        if answer == nil { answer = try send() }
        return try unsafe answer?.read(into: buffer) ?? 0
    }

    private func send() throws(GitError) -> SpoolFile {
        defer { try? FileManager.default.removeItem(atPath: answerPath) }
        let credentials = session.location.credentials.http
        let request = service.request(to: session.baseURL, body: body.content, credentials: credentials)
        let response = try exchange(request)
        try service.check(response, to: request)
        if let base = service.base(after: response) { session.baseURL = base }
        return try SpoolFile(reading: answerPath)
    }

    private func exchange(_ request: HTTPRequest) throws(GitError) -> HTTPResponse {
        do throws(HTTPError) {
            return try session.client.send(request, to: answerPath)
        } catch {
            throw GitError(http: error)
        }
    }
}
