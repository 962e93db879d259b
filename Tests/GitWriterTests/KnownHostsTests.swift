import Testing

@testable import GitWriter

struct KnownHostsTests {
    private static let key: [UInt8] = Array("abc".utf8)

    @Test(arguments: [
        ("host ssh-ed25519 YWJj", KnownHosts.Verdict.trusted), ("HOST,other ssh-ed25519 YWJj comment", .trusted),
        ("*.com,h?st ssh-ed25519 YWJj", .trusted), ("h*t ssh-ed25519 YWJj", .trusted),
        ("h*t,!host ssh-ed25519 YWJj", .unknown), ("hos ssh-ed25519 YWJj", .unknown),
        ("[host]:22 ssh-ed25519 YWJj", .unknown), ("host ssh-ed25519 eHl6", .different),
        ("host ssh-ed25519 eHl6\nhost ssh-rsa YWJj", .trusted), ("# host ssh-ed25519 YWJj", .unknown),
        ("@revoked host ssh-ed25519 YWJj\nhost ssh-ed25519 YWJj", .revoked),
        ("@cert-authority host ssh-ed25519 YWJj", .unknown), ("|1|salt|hash ssh-ed25519 YWJj", .unknown),
        ("host ssh-ed25519", .unknown), ("host ssh-ed25519 ***", .unknown), ("", .unknown),
    ])
    func `judges a key`(_ text: String, _ verdict: KnownHosts.Verdict) {
        #expect(KnownHosts(text).verdict(host: "host", port: 22, key: Self.key) == verdict)
    }

    @Test func `tells ports apart`() {
        let hosts = KnownHosts("[host]:2222 ssh-ed25519 YWJj")
        #expect(hosts.verdict(host: "host", port: 2222, key: Self.key) == .trusted)
        #expect(hosts.verdict(host: "host", port: 22, key: Self.key) == .unknown)
    }

    @Test(.timeLimit(.minutes(1)))
    func `takes no long time for a nasty pattern`() {
        let pattern = String(repeating: "*a", count: 20000)
        let name = String(repeating: "a", count: 10000)
        #expect(KnownHosts("\(pattern)b ssh-rsa YWJj").verdict(host: name, port: 22, key: Self.key) == .unknown)
    }
}
