import Engine
import Foundation
import ScriptedServers
import Testing

/// What a proposal's whole life says to the forge fits what the forge says of its API.
@Suite(
    .enabled(if: Programs.areThere, "git or python3 is not installed"),
    .enabled(if: Description.canCheck, "the Python package jsonschema is not installed"))
struct ForgeExchangeTests {
    @Test(arguments: Flavour.allCases)
    func `every exchange fits the descriptions`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let keys = ["forge.labels": "policy", "forge.reviewers": "ann"]
        _ = try await estate.proposeOne(with: keys)
        _ = try await estate.proposeOne(World.withNewClient, with: keys)
        try estate.git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        _ = try await estate.proposeOne(World.withNewClient, with: keys)
        #expect(try estate.pulls().map(\.state) == ["closed"])
        let descriptions = Description.own(flavour) + Description.published(flavour)
        for description in descriptions {
            let checked = try estate.check(against: description)
            #expect(checked.status == 0, "\(description.lastPathComponent): \(checked.output)")
        }
    }
}

/// Descriptions of the forges' APIs: our own short ones, and the forges' where they are at hand.
private enum Description {
    static func own(_ flavour: Flavour) -> [URL] {
        let name = flavour == .github ? "github" : "gitea"
        return [ScriptedServer.root.appendingPathComponent("Tests/Fixtures/forge/\(name).json")]
    }

    static func published(_ flavour: Flavour) -> [URL] {
        let path = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"]
        let shared =
            path.map { URL(fileURLWithPath: $0) }
            ?? ScriptedServer.root.deletingLastPathComponent().appendingPathComponent("shared")
        let names =
            switch flavour {
            case .github: ["github-2022-11-28.json", "github-2026-03-10.json"]
            case .gitea: ["gitea.json", "forgejo.json"]
            case .forgejo: ["forgejo.json"]
            }
        return names.map { shared.appendingPathComponent("specs/\($0)") }.filter {
            FileManager.default.fileExists(atPath: $0.path)
        }
    }

    static let canCheck = (try? ScriptedServer.run(["python3", "-c", "import jsonschema, referencing"]))?.status == 0
}
