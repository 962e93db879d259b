import AppConfiguration
import Foundation
import ScriptedServers
import Testing

/// The guides name what there is: nothing is forgotten when something is added.
@Suite struct GuideTests {
    private static func source(_ path: String) throws -> String { try Repository.text("Sources/\(path)") }
    private let guide: String

    init() throws { guide = try Repository.text("docs/SERVING.md") + Repository.text("docs/SENDERS.md") }

    private func missing(_ names: [String]) -> [String] { names.filter { !guide.contains("`\($0)`") } }

    @Test func `every metric is in the guide`() throws {
        let names = try Self.source("Server/Operations/Metrics.swift").matches(of: /"(leastwise_[a-z_]+)"/).map {
            String($0.1)
        }
        #expect(names.count > 20)
        #expect(missing(names) == [])
    }

    @Test func `every route and every key of the senders' file is in the guide`() throws {
        let routes = try Self.source("Server/HTTP/ServerRoute.swift").matches(of: /= "(\/[^"]+)"/).map {
            String($0.1)
        }
        #expect(routes.count >= 6)
        #expect(missing(routes) == [])
        let list = try #require(
            try Self.source("AppConfiguration/SendersFile.swift").firstMatch(of: /keys = \[([^\]]+)\]/)
        ).1
        let keys = list.matches(of: /"(\w+)"/).map { String($0.1) }
        #expect(keys.count >= 9)
        #expect(missing(keys) == [])
    }

    @Test func `every reason of a refusal is in the guide`() throws {
        var reasons: Set<String> = []
        let folder = ScriptedServer.root.appending(path: "Sources/Server")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for file in files where file.hasSuffix(".swift") {
            let text = try Self.source("Server/\(file)")
            for match in text.matches(of: /Problem\(\s*\.\w+,\s*"([a-z ]+)"/) { reasons.insert(String(match.1)) }
            for match in text.matches(of: /reason: "([a-z ]+)"/) { reasons.insert(String(match.1)) }
        }
        #expect(reasons.count > 12)
        #expect(missing(reasons.sorted()) == [])
    }

    @Test(arguments: ["docs/SERVING.md", "docs/SENDERS.md"])
    func `every link and every example leads somewhere`(file: String) throws {
        let text = try Repository.text(file)
        let targets = text.matches(of: /\]\(([^)#]+)(#[^)]*)?\)/).map { String($0.1) }
        #expect(targets.count > 3)
        for target in targets where !target.hasPrefix("https://") {
            let path = ScriptedServer.root.appending(path: "docs").appending(path: target).standardized.path
            #expect(FileManager.default.fileExists(atPath: path), "\(target)")
        }
    }

    @Test func `every example is in a guide`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.path("deploy/examples"))
        #expect(names.count >= 6)
        #expect(names.filter { !guide.contains("../deploy/examples/\($0)") } == [])
    }
}
