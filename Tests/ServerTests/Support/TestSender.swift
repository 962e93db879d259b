import AppConfiguration
import Server

/// Senders of tests, and the file that names them.
struct TestSender: Sendable {
    let name: String
    /// The lines of its entry beside name and token.
    let fields: [String]

    /// Secret: nothing of it may be seen anywhere.
    var token: String { "lw_secret-of-\(name)" }

    init(_ name: String, _ fields: String...) {
        self.name = name
        self.fields = fields
    }

    static func hash(of sender: TestSender) -> String { Hexadecimal.text(TokenHash.of(sender.token)) }

    static func file(_ senders: [TestSender]) -> String {
        guard !senders.isEmpty else { return "senders: []\n" }
        return "senders:\n" + senders.map(\.entry).joined()
    }

    private var entry: String {
        let lines = ["name: \(name)", "tokenSHA256: \(Self.hash(of: self))"] + fields
        return "  - " + lines.joined(separator: "\n    ") + "\n"
    }

    /// May do everything.
    static let all = TestSender("all", "sources: [hubble, audit]", "may: [metrics, status, learn]")
    static let expired = TestSender(
        "expired", "sources: [hubble, audit]", "may: [metrics, status, learn]", "expires: 2020-01-01T00:00:00Z")
    static let auditOnly = TestSender("auditOnly", "sources: [audit]")
    static let powerless = TestSender("powerless")
}
