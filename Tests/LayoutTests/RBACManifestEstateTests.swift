import Domain
import Foundation
import Testing

@testable import Layout

/// Edits of repositories as people keep them, in memory.
@Suite struct RBACManifestEstateTests {
    @Test(.enabled(if: SharedFixtures.exists("fixtures/gitops"), "the gathered repositories are absent"))
    func `edits the roles of real repositories`() throws {
        let tree = try Self.tree(SharedFixtures.root.appending(path: "fixtures/gitops"))
        let found = RBACManifest.locate(in: tree)
        #expect(
            found.map {
                "\($0.path.split(separator: "/").dropFirst(2).joined(separator: "/")) \($0.kind) \($0.namespace)"
            } == [
                "secure/common/reconciler-rbac.yaml role secure",
                "secure/common/reconciler-rbac.yaml roleBinding secure",
                "webapp/common/reconciler-rbac.yaml role webapp",
                "webapp/common/reconciler-rbac.yaml roleBinding webapp",
            ])
        try Self.editAll(found, tree)
        let text = try #require(tree.text(found[0].path))
        let narrowed = PolicyRule(verbs: ["get", "list"], apiGroups: ["", "apps"], resources: ["pods"])
        let edited = try RBACManifestEdit.edit(text, .rules([.replace([narrowed])]), at: found[0])
        #expect(
            edited
                == text.replacing(
                    "  - apiGroups: ['*']\n    resources: ['*']\n    verbs: ['*']\n",
                    with: "  - apiGroups: ['', 'apps']\n    resources: ['pods']\n    verbs: ['get', 'list']\n"))
    }

    @Test(
        .enabled(if: SharedFixtures.hasWorlds, "the maker of estates or python3 with yaml is absent"),
        arguments: ["plain", "kustomize", "helm", "flux"])
    func `edits every role of an invented estate`(layout: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leastwise-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try SharedFixtures.makeWorld(
            "--seed 7 --namespaces 4 --workloads 36 --flows 200 --requests 200 --days 3 --layout \(layout) --out"
                .split(separator: " ").map(String.init) + [folder.path])
        let tree = try Self.tree(folder.appending(path: "gitops"))
        let found = RBACManifest.locate(in: tree)
        let all = tree.files.keys.filter { !(tree.text($0)?.contains("{{") ?? true) }
            .reduce(0) {
                $0 + (tree.text($1)?.components(separatedBy: "\napiVersion: rbac.authorization").count ?? 1) - 1
            }
        let first = tree.files.keys.filter { tree.text($0)?.hasPrefix("apiVersion: rbac.authorization") ?? false }.count
        #expect(found.count == all + first)
        #expect(found.count > 10)
        try Self.editAll(found, tree)
    }

    /// Removes each rule and subject alone, then all, then the document.
    private static func editAll(_ found: [RBACManifest], _ tree: RepositoryTree) throws {
        for place in found {
            let text = try #require(tree.text(place.path))
            let object = try #require(JSONForm.documents(text)?[place.document] as? [String: Any])
            let list = try #require(object[place.kind.listKey] as? [[String: Any]])
            let lines = text.components(separatedBy: "\n")
            for gone in list.indices.map({ [$0] }) + [Array(list.indices)] {
                let edited = try RBACManifestEdit.edit(text, change(place, list, gone), at: place)
                let after = try #require(JSONForm.documents(edited)?[place.document] as? [String: Any])
                let kept = list.indices.filter { !gone.contains($0) }.map { list[$0] }
                #expect(try #require(after[place.kind.listKey] as? [[String: Any]]) as NSArray == kept as NSArray)
                let new = edited.components(separatedBy: "\n").filter { $0 != "\(place.kind.listKey): []" }
                #expect(new.count < lines.count && isSubsequence(new, of: lines))
            }
            guard JSONForm.documents(text)?.count ?? 0 > 1 else { continue }
            let edited = try RBACManifestEdit.edit(text, .removeDocument, at: place)
            #expect(isSubsequence(edited.components(separatedBy: "\n"), of: lines))
        }
    }

    private static func change(
        _ place: RBACManifest, _ list: [[String: Any]], _ gone: [Int]
    ) -> RBACManifestEdit.Change {
        guard place.kind.listKey == "subjects" else {
            return .rules(list.indices.map { gone.contains($0) ? .remove : .keep })
        }
        return .removeSubjects(
            gone.map { list[$0] as? [String: String] ?? [:] }.map { item in
                Subject(
                    kind: item["kind"].flatMap(Subject.Kind.init) ?? .user,
                    namespace: Namespace(item["kind"] == "ServiceAccount" ? item["namespace"] ?? "" : ""),
                    name: item["name"] ?? "")
            })
    }

    private static func isSubsequence(_ lines: [String], of all: [String]) -> Bool {
        var rest = all[...]
        for line in lines {
            guard let place = rest.firstIndex(of: line) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    private static func tree(_ root: URL) throws -> RepositoryTree {
        let start = root.resolvingSymlinksInPath().path
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: start) {
            let file = start + "/" + path
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            files[path] = [UInt8](try Data(contentsOf: URL(filePath: file)))
        }
        return RepositoryTree(files: files)
    }
}
