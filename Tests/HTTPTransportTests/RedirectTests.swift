import Foundation
import ScriptedServers
import Testing

@testable import HTTPTransport

@Suite struct RedirectTests {
    private static let server = Result { try ScriptedServer("scripted-http.py") }
    private let base: String

    init() throws {
        base = "http://127.0.0.1:\(try Self.server.get().port)"
    }

    private func send(
        _ code: Int,
        to target: String,
        method: String = "GET",
        redirects: HTTPPolicy.Redirects = .sameHost
    ) throws -> HTTPResponse {
        let allowed = CharacterSet.urlQueryAllowed.subtracting(CharacterSet(charactersIn: "&?#=+"))
        let query = try #require(target.addingPercentEncoding(withAllowedCharacters: allowed))
        let request = HTTPRequest(
            method: method,
            url: "\(base)/redirect/\(code)?to=\(query)",
            body: method == "GET" ? .none : .bytes([65]),
            credentials: .bearer(Secret("t0ken"))
        )
        return try HTTPClient(policy: HTTPPolicy(redirects: redirects)).send(request)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `follows a redirect on the same host`(code: Int) throws {
        let response = try send(code, to: "/echo")
        #expect(response.finalURL == base + "/echo")
        #expect(response.text.contains("Bearer t0ken"))
        #expect(try send(code, to: base + "/echo").status == 200)
    }

    @Test(arguments: [307, 308])
    func `repeats a write on the same host`(code: Int) throws {
        let response = try send(code, to: "/echo", method: "POST")
        #expect(response.text.contains("\"method\": \"POST\""))
        #expect(response.text.contains("\"body\": \"A\""))
    }

    @Test func `reads what a write points to`() throws {
        let response = try send(303, to: "/echo", method: "POST")
        #expect(response.text.contains("\"method\": \"GET\""))
    }

    @Test(arguments: [301, 302])
    func `does not turn a write into a read`(code: Int) throws {
        #expect(throws: HTTPError.self) { try send(code, to: "/echo", method: "POST") }
    }

    @Test(arguments: [
        "http://localhost:1/", "http://127.0.0.1:1/", "http://127.0.0.2/", "https://127.0.0.1/", "//example.com/x",
        "http://0x7f000001/", "http://[::1]/",
    ])
    func `never goes to another host, port or scheme`(target: String) throws {
        let error = try #require(throws: HTTPError.self) { try send(302, to: target) }
        #expect(error.code == .redirect)
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", "http://user:pw@127.0.0.1/"])
    func `refuses a target that is no plain URL`(target: String) throws {
        let error = try #require(throws: HTTPError.self) { try send(302, to: target) }
        #expect(error.code == .invalidRequest)
    }

    @Test func `treats every redirect as an error where none is allowed`() throws {
        let error = try #require(throws: HTTPError.self) {
            try send(302, to: "/echo?token=v3rysecret", redirects: .none)
        }
        #expect(error.code == .redirect)
        #expect(error.message.contains("redirects to /echo?token=<redacted>"))
    }

    @Test func `ends a loop`() throws {
        let request = HTTPRequest(url: base + "/loop")
        let error = try #require(throws: HTTPError.self) { try HTTPClient().send(request) }
        #expect(error.code == .redirect)
    }

    @Test(arguments: [
        ("http://host/", "https://host/", true),
        ("http://HOST/a", "http://host:80/b", true),
        ("https://host/", "https://host:443/", true),
        ("https://host/", "http://host/", false),
        ("https://host/", "https://host:8443/", false),
        ("http://host:8080/", "https://host:8443/", false),
        ("https://host/", "https://host.example/", false),
    ])
    func `knows where credentials may go`(from: String, to: String, isAllowed: Bool) throws {
        #expect(try HTTPURL(from).mayRedirect(to: HTTPURL(to)) == isAllowed)
    }
}
