import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import GitWriter

@Suite(.enabled(if: BareRemote.hasPrograms, "git or python3 is not installed"), .keepingForges)
struct SmartHTTPTests {
    private static let token = Secret("s3cr3t-t0ken-of-the-forge")
    private static let credentials = GitCredentials.token(user: "bot", token)

    @Test func `sends the token with the first request`() throws {
        let folder = try TemporaryFolder()
        let log = folder.path("log")
        let forge = try Forge(.http, nil, ["--user", "bot", "--token", Self.token.reveal(), "--log", log])
        let repository = try forge.open(credentials: Self.credentials)
        let commit = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        #expect(try repository.push(commit, to: "x", expecting: nil) == .pushed)
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.hasSuffix("True") })
    }

    @Test(arguments: [("unauthorized", "token"), ("forbidden", "right")])
    func `gives up at once when the credentials are refused`(_ fault: String, _ hint: String) throws {
        let folder = try TemporaryFolder()
        let log = folder.path("log")
        let forge = try Forge(.http, nil, ["--fault", fault, "--log", log])
        let error = try failure { try forge.open(credentials: Self.credentials).fetchedMain() }
        #expect(error.code == .unauthorized)
        #expect(error.hint.contains(hint))
        #expect(!"\(error) \(String(reflecting: error))".contains(Self.token.reveal()))
        #expect(try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count == 1)
    }

    @Test func `refuses a token in the URL without repeating it`() throws {
        let error = try failure { try Forge(.http).open(url: "https://bot:geheim@127.0.0.1/x.git") }
        #expect(error.code == .invalidLocation)
        #expect(!"\(error)".contains("geheim"))
    }

    @Test(arguments: [
        ("wrong-type", GitError.Code.protocolError, "text/html"), ("error", .serverError, "500: broken"),
        ("truncate", .protocolError, "git-upload-pack"),
    ])
    func `tells what is wrong with the server`(_ fault: String, _ code: GitError.Code, _ text: String) throws {
        let error = try failure { try Forge(.http, nil, ["--fault", fault]).open().fetchedMain() }
        #expect(error.code == code)
        #expect(error.message.contains(text))
    }

    @Test func `tells a repository that is not there`() throws {
        let forge = try Forge(.http)
        let error = try failure { try forge.open(url: forge.url + "x").fetchedMain() }
        #expect(error.code == .notFound)
    }

    @Test func `tells a server that is not there`() throws {
        let error = try failure { try Forge(.file).open(url: "http://127.0.0.1:1/x.git").fetchedMain() }
        #expect(error.code == .unreachable)
    }

    @Test func `does not follow a redirect to another host`() throws {
        let folder = try TemporaryFolder()
        let log = folder.path("log")
        let target = try Forge(.http, nil, ["--log", log])
        let base = String(target.url.dropLast(BareRemote.name.count + 1))
        let forge = try Forge(.http, nil, ["--fault", "redirect", "--location", base])
        let error = try failure { try forge.open(credentials: Self.credentials).fetchedMain() }
        #expect(error.code == .redirect)
        #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test func `follows a repository that moved on the same host, for pushes too`() throws {
        let forge = try Forge(.http, nil, ["--fault", "moved"])
        let base = String(forge.url.dropLast(BareRemote.name.count))
        let repository = try forge.open(url: "\(base)old/\(BareRemote.name)/")
        let commit = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        #expect(try repository.push(commit, to: "x", expecting: nil) == .pushed)
    }

    @Test(arguments: [HTTPPolicy(stallTimeout: .seconds(1)), HTTPPolicy(totalTimeout: .seconds(1))])
    func `gives a silent server up in time`(_ network: HTTPPolicy) throws {
        let forge = try Forge(.http, nil, ["--fault", "hang"])
        let repository = try forge.open(network: network)
        var error: GitError?
        let time = try ContinuousClock().measure { error = try failure { try repository.fetchedMain() } }
        #expect(error?.code == .timeout)
        #expect(time < .seconds(15))
    }

    @Test func `gives up a server that falls silent during a push`() throws {
        let forge = try Forge(.http, nil, ["--fault", "hang-push"])
        let repository = try forge.open(network: HTTPPolicy(totalTimeout: .seconds(4)))
        let commit = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        #expect(try failure { try repository.push(commit, to: "x", expecting: nil) }.code == .timeout)
        #expect(try repository.head(of: "x") == nil)
    }

    @Test func `bounds the answer`() throws {
        let forge = try Forge(.http)
        var location = RepositoryLocation(url: forge.url, cacheDirectory: forge.caches.url.path)
        location.maxAnswerBytes = 100
        let repository = try GitRepository(location)
        #expect(try failure { try repository.fetchedMain() }.code == .tooLarge)
    }

    @Test func `trusts the configured authority and no unknown one`() throws {
        let folder = try TemporaryFolder()
        let (certificate, key) = (folder.path("certificate"), folder.path("key"))
        let made = try ScriptedServer.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=leastwise-test", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
            certificate,
        ])
        try #require(made.status == 0, "\(made.output)")
        let forge = try Forge(.http, nil, ["--cert", certificate, "--key", key])
        let url = forge.url.replacing("http://127.0.0.1", with: "https://localhost")
        let unknown = try failure { try forge.open(url: url).fetchedMain() }
        #expect(unknown.code == .certificate)
        let repository = try forge.open(url: url, network: HTTPPolicy(caFile: certificate))
        let commit = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        #expect(try repository.push(commit, to: "x", expecting: nil) == .pushed)
    }

    @Test func `leaves nothing in the spool folder`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        let large = FileChange.write(
            path: "a", contents: (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        let commit = try repository.commit([large], on: try repository.fetchedMain()).commit
        _ = try repository.push(commit, to: "x", expecting: nil)
        let all = FileManager.default.enumerator(atPath: forge.caches.url.path)?.compactMap { $0 as? String } ?? []
        #expect(all.contains { $0.hasSuffix("leastwise-spool") })
        #expect(!all.contains { $0.contains("leastwise-spool/") })
    }
}
