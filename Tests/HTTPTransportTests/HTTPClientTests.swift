import Foundation
import ScriptedServers
import Testing

@testable import HTTPTransport

/// What the server's `/echo` says that it received.
private struct Echo: Decodable {
    let method: String
    let headers: [String: String]
    let body: String
    let client: Int
}

@Suite struct HTTPClientTests {
    private static let server = Result { try ScriptedServer("scripted-http.py") }
    private let base: String
    private let client = HTTPClient()

    init() throws {
        base = "http://127.0.0.1:\(try Self.server.get().port)"
    }

    private func echo(_ request: HTTPRequest) throws -> Echo {
        try JSONDecoder().decode(Echo.self, from: Data(client.send(request).body))
    }

    /// The error of a request that must not succeed.
    private func failure(_ request: HTTPRequest, policy: HTTPPolicy = HTTPPolicy()) throws -> HTTPError {
        try #require(throws: HTTPError.self) { try HTTPClient(policy: policy).send(request) }
    }

    @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
    func `sends the method without a body`(method: String) throws {
        let echo = try echo(HTTPRequest(method: method, url: base + "/echo"))
        #expect(echo.method == method)
        #expect(echo.body.isEmpty)
    }

    @Test func `reads no body of an answer to HEAD`() throws {
        let response = try client.send(HTTPRequest(method: "HEAD", url: base + "/large/100"))
        #expect(response.status == 200)
        #expect(response.headers["content-LENGTH"] == "100")
        #expect(response.body.isEmpty)
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `sends bytes`(method: String) throws {
        let body = HTTPBody.bytes(Array("{\"a\":1}".utf8))
        let echo = try echo(
            HTTPRequest(method: method, url: base + "/echo", headers: ["Content-Type": "application/json"], body: body)
        )
        #expect(echo.method == method)
        #expect(echo.body == "{\"a\":1}")
        #expect(echo.headers["content-type"] == "application/json")
    }

    @Test func `sends a file and announces its size`() throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "pack ", count: 400_000)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("body")))
        let echo = try echo(HTTPRequest(method: "POST", url: base + "/echo", body: .file(path: folder.path("body"))))
        #expect(echo.headers["content-length"] == "2000000")
        #expect(echo.body == text)
    }

    @Test func `adds no header that nobody asked for`() throws {
        let body = HTTPBody.bytes(Array(repeating: 65, count: 2_000_000))
        let echo = try echo(HTTPRequest(method: "POST", url: base + "/echo", body: body))
        #expect(Set(echo.headers.keys) == ["host", "user-agent", "accept", "accept-encoding", "content-length"])
        #expect(echo.headers["user-agent"] == "leastwise")
    }

    @Test(arguments: [
        (HTTPCredentials.bearer(Secret("t0ken")), "authorization", "Bearer t0ken"),
        (.basic(user: "ann", password: Secret("pässword")), "authorization", "Basic YW5uOnDDpHNzd29yZA=="),
        (.scheme("token", Secret("t0ken")), "authorization", "token t0ken"),
        (.header(name: "PRIVATE-TOKEN", Secret("t0ken")), "private-token", "t0ken"),
    ])
    func `sends credentials`(credentials: HTTPCredentials, name: String, value: String) throws {
        let echo = try echo(HTTPRequest(url: base + "/echo", credentials: credentials))
        #expect(echo.headers[name] == value)
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\0b", "\u{7F}"])
    func `refuses header values with control characters`(value: String) throws {
        let url = base + "/echo"
        let inHeader = try failure(HTTPRequest(url: url, headers: ["X-Thing": value]))
        #expect(inHeader.code == .invalidRequest)
        let inToken = try failure(HTTPRequest(url: url, credentials: .bearer(Secret(value))))
        #expect(inToken.code == .invalidRequest)
        #expect(!inToken.description.contains(value))
    }

    @Test(arguments: ["", "GET /x HTTP/1.1\r\nX: 1\r\n", "GE T"])
    func `refuses methods that are no token`(method: String) throws {
        #expect(try failure(HTTPRequest(method: method, url: base + "/echo")).code == .invalidRequest)
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "", "no url", "http://", "//host/path",
        "http://127.0.0.1/a\r\nX: 1", "http://127.0.0.1/a\0b", "http://127.0.0.1:99999/", "http://host name/",
        "http://user:pa55word@127.0.0.1/", "http://user@127.0.0.1/",
    ])
    func `refuses URLs that are not plain http or https`(url: String) throws {
        let error = try failure(HTTPRequest(url: url))
        #expect(error.code == .invalidRequest)
        #expect(!error.description.contains("pa55word"))
    }

    @Test func `refuses a scheme that the policy leaves out`() throws {
        let error = try failure(HTTPRequest(url: base + "/echo"), policy: HTTPPolicy(allowedSchemes: ["https"]))
        #expect(error.code == .invalidRequest)
    }

    @Test(arguments: [200, 204, 400, 401, 404, 409, 422, 429, 500, 503])
    func `returns every status as an answer`(status: Int) throws {
        let response = try client.send(HTTPRequest(url: "\(base)/status/\(status)"))
        #expect(response.status == status)
        #expect(response.isSuccess == (status < 300))
    }

    @Test func `keeps repeated header fields apart and in order`() throws {
        let headers = try client.send(HTTPRequest(url: base + "/repeat")).headers
        #expect(headers.values("X-THING") == ["one", "two", "three"])
        #expect(headers["x-thing"] == "one")
        #expect(headers["absent"] == nil)
    }

    @Test func `reuses a connection`() throws {
        let request = HTTPRequest(url: base + "/echo")
        #expect(try echo(request).client == echo(request).client)
    }

    @Test func `sends what must not be done twice only once`() throws {
        let count = { try Int(self.client.send(HTTPRequest(url: self.base + "/vanished")).text) ?? 0 }
        for method in ["POST", "PATCH"] {
            let before = try count()
            let request = HTTPRequest(method: method, url: base + "/vanish", body: .bytes([65]))
            // On the client that has an open connection: there libcurl would repeat it.
            let error = try #require(throws: HTTPError.self) { try client.send(request) }
            #expect(error.mayHaveReachedServer)
            #expect(try count() == before + 1)
        }
    }

    @Test func `nothing of a request stays behind for the next one`() throws {
        _ = try echo(
            HTTPRequest(
                method: "PATCH",
                url: base + "/echo",
                headers: ["X-Thing": "1"],
                body: .bytes([65]),
                credentials: .bearer(Secret("t0ken"))
            )
        )
        let second = try echo(HTTPRequest(url: base + "/echo"))
        #expect(second.method == "GET")
        #expect(second.body.isEmpty)
        #expect(Set(second.headers.keys) == ["host", "user-agent", "accept", "accept-encoding"])
    }

    @Test func `writes a successful body to the sink`() throws {
        let folder = try TemporaryFolder()
        let response = try client.send(HTTPRequest(url: base + "/large/100000"), to: folder.path("sink"))
        #expect(response.body.isEmpty)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("sink"))).count == 100_000)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("sink"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `keeps the body of a refusal out of the sink`() throws {
        let folder = try TemporaryFolder()
        let response = try client.send(HTTPRequest(url: base + "/status/404"), to: folder.path("sink"))
        #expect(response.text == "status 404")
        #expect(!FileManager.default.fileExists(atPath: folder.path("sink")))
    }

    @Test func `makes an empty sink for an empty answer`() throws {
        let folder = try TemporaryFolder()
        _ = try client.send(HTTPRequest(url: base + "/large/0"), to: folder.path("sink"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("sink"))).isEmpty)
    }

    @Test func `names a body or sink file that it cannot open`() throws {
        let reading = try failure(HTTPRequest(method: "POST", url: base + "/echo", body: .file(path: "/nowhere/body")))
        #expect(reading.code == .file)
        #expect(reading.message.contains("/nowhere/body"))
        let writing = try #require(throws: HTTPError.self) {
            try client.send(HTTPRequest(url: base + "/large/10"), to: "/nowhere/sink")
        }
        #expect(writing.code == .file)
    }

    @Test(arguments: ["/large/1001", "/bomb/50000000"])
    func `stops at the largest answer`(path: String) throws {
        let error = try failure(HTTPRequest(url: base + path), policy: HTTPPolicy(maxResponseBytes: 1000))
        #expect(error.code == .tooLarge)
    }

    @Test func `takes an answer of exactly the largest size`() throws {
        let client = HTTPClient(policy: HTTPPolicy(maxResponseBytes: 1000))
        #expect(try client.send(HTTPRequest(url: base + "/large/1000")).body.count == 1000)
    }

    @Test func `stops at too many header fields`() throws {
        #expect(try failure(HTTPRequest(url: base + "/headers/500")).code == .tooLarge)
    }

    @Test func `ends after the total time`() throws {
        let error = try failure(
            HTTPRequest(url: base + "/silent?access_token=v3rysecret&state=open"),
            policy: HTTPPolicy(totalTimeout: .milliseconds(50))
        )
        #expect(error.code == .timeout)
        #expect(error.mayHaveReachedServer)
        #expect(error.message.contains("state=open"))
        #expect(!error.message.contains("v3rysecret"))
    }

    @Test func `ends when nothing arrives for the stall time`() throws {
        let policy = HTTPPolicy(stallTimeout: .seconds(1), totalTimeout: nil)
        #expect(try failure(HTTPRequest(url: base + "/silent"), policy: policy).code == .timeout)
    }

    @Test func `stops when the task is cancelled`() async throws {
        let request = HTTPRequest(url: base + "/silent")
        let client = client
        let task = Task { try await client.response(for: request) }
        task.cancel()
        let error = try await #require(throws: HTTPError.self) { try await task.value }
        #expect(error.code == .cancelled)
    }

    @Test func `answers many tasks at once`() async throws {
        let request = HTTPRequest(url: base + "/large/1000")
        let client = client
        let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 {
                group.addTask { try await client.response(for: request).body.count }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: 1000, count: 40))
    }

    @Test(arguments: ["/broken", "/garbage"])
    func `reports a connection that speaks no HTTP`(path: String) throws {
        let error = try failure(HTTPRequest(url: base + path))
        #expect(error.code == .protocolError)
        #expect(error.mayHaveReachedServer)
    }

    @Test func `reports a port where nobody listens`() throws {
        let error = try failure(HTTPRequest(url: "http://127.0.0.1:1/"))
        #expect(error.code == .unreachable)
        #expect(!error.mayHaveReachedServer)
    }
}
