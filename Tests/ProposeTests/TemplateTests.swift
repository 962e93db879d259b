import Engine
import Foundation
import ScriptedServers
import Testing

/// A folder of templates in place of the built-in ones.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct TemplateTests {
    /// Templates of people who do not know what a later run looks for.
    private static func folder(_ estate: Estate) throws -> String {
        let title = try estate.write(
            "Fewer rights in {{cluster}} for {{scope}}\n", to: "own/pull-request-title.mustache")
        _ = try estate.write("{{observed}} were replayed.\n", to: "own/pull-request-body.mustache")
        _ = try estate.write("Fewer rights\n\nTicket: 7\n", to: "own/commit-message.mustache")
        return URL(fileURLWithPath: title).deletingLastPathComponent().path
    }

    @Test func `a folder's templates are used, the others stay`() async throws {
        let estate = try Estate()
        let title = try estate.write("Fewer rights for\n{{scope}}\n", to: "own/pull-request-title.mustache")
        let folder = URL(fileURLWithPath: title).deletingLastPathComponent().path
        let result = try await estate.proposeOne(dryRun: true, with: ["templates": folder])
        #expect(result.title == "Fewer rights for namespace shop")
        #expect(result.body.contains("### `shop/Deployment/api`"))
    }

    @Test(arguments: Flavour.clients)
    func `templates without marks lose nothing of what a later run needs`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let keys = ["templates": try Self.folder(estate)]
        _ = try await estate.proposeOne(with: keys)
        let pull = try #require(try estate.pulls().first)
        #expect(pull.title == "Fewer rights in prod for namespace shop")
        #expect(pull.body.contains("41 were replayed."))
        let message = try estate.git.git("show", "--no-patch", "--format=%B", "leastwise/shop")
        #expect(message.hasPrefix("Fewer rights\n\nTicket: 7\n"))
        let trailers = try estate.git.git("show", "--no-patch", "--format=%(trailers:only)", "leastwise/shop")
        #expect(trailers.hasPrefix("Ticket: 7\nLeastwise-Fingerprint: "))
        let before = try estate.state()
        _ = try await estate.proposeOne(with: keys)
        #expect(try estate.state() == before)
        try estate.setPull(1, "closed")
        let result = try await estate.proposeOne(with: keys)
        #expect(result.text(isDryRun: false, showsBody: false).contains("closed without merging"))
    }

    @Test(arguments: ["pull-request-title", "pull-request-body", "commit-message"])
    func `a broken template is a clear error`(name: String) async throws {
        let estate = try Estate()
        let file = try estate.write("{{#scope}} without an end", to: "own/\(name).mustache")
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        let error = try await #require(throws: EngineError.self) {
            try await estate.proposeOne(with: ["templates": folder])
        }
        #expect(error.code == .badTemplate && error.message.contains("\(name).mustache"))
        #expect(try estate.git.branches() == [])
    }

    @Test func `a template that is not text is a clear error`() async throws {
        let estate = try Estate()
        let file = try estate.write("", to: "own/commit-message.mustache")
        try Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: file))
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        let error = try await #require(throws: EngineError.self) {
            try await estate.proposeOne(with: ["templates": folder])
        }
        #expect(error.code == .badTemplate && error.message.contains("commit-message.mustache"))
    }

    @Test func `a folder that is not there is a clear error`() async throws {
        let estate = try Estate()
        let error = try await #require(throws: EngineError.self) {
            try await estate.proposeOne(with: ["templates": "/does/not/exist"])
        }
        #expect(error.code == .badTemplate && error.message.contains("/does/not/exist"))
    }
}
