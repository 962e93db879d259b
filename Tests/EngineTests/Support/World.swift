import Foundation

/// An invented estate with its traffic, its audit log and the truth about both.
struct World {
    let folder: TemporaryFolder
    let inputs: Inputs
    let truth: URL

    /// Makes the estate of a seed; `arguments` are the maker's own.
    init(_ arguments: String) throws {
        folder = try TemporaryFolder()
        let words = arguments.split(separator: " ").map(String.init)
        let made = try Program.python([Fixtures.worldMaker.path] + words + ["--out", folder.url.path])
        guard made.status == 0 else { throw CannotMake(message: made.errors) }
        inputs = Inputs(
            objects: [folder.url.appending(path: "cluster/objects.json")],
            flows: [folder.url.appending(path: "flows.ndjson")], audit: [folder.url.appending(path: "audit.ndjson")])
        truth = folder.url.appending(path: "truth.json")
    }

    /// The judge's exit status and words about manifests.
    func judge(_ kind: String, manifests: String, _ more: [String] = []) throws -> Program.Outcome {
        let file = try folder.write(manifests, to: "proposed-\(kind).yaml")
        let option = kind == "network" ? "--policies" : "--roles"
        return try Program.python(
            [
                Fixtures.judge.path, kind, "--objects", inputs.objects[0].path, option, file.path, "--truth",
                truth.path,
            ] + more)
    }

    /// A rule that a binding grants and that nobody needs.
    struct UnusedGrant: Hashable, Codable {
        let binding: String
        let isWholly: Bool
        let rule: Rule

        struct Rule: Hashable, Codable {
            let verbs: [String]
            let apiGroups: [String]?
            let resources: [String]?
            let resourceNames: [String]?
            let nonResourceURLs: [String]?
        }

        private struct Binding: Codable {
            let binding: String
            let wholly: Bool
            let rules: [Rule]
        }

        private struct List: Codable {
            let unused: [Binding]
        }

        private struct Truth: Codable {
            let rbac: List
        }

        /// The member `unused` of a document, or of its member `rbac`.
        static func list(in data: Data) throws -> Set<UnusedGrant> {
            let list =
                try (try? JSONDecoder().decode(Truth.self, from: data))?.rbac
                ?? JSONDecoder().decode(List.self, from: data)
            return Set(
                list.unused.flatMap { binding in
                    binding.rules.map { UnusedGrant(binding: binding.binding, isWholly: binding.wholly, rule: $0) }
                })
        }
    }

    func unusedGrants() throws -> Set<UnusedGrant> { try UnusedGrant.list(in: Data(contentsOf: truth)) }

    struct CannotMake: Error {
        let message: String
    }
}
