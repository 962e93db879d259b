/// Which files of a repository more than one delivery applies: overlays that share a base, or several GitOps objects that
/// name one folder. Such a file is in several clusters or namespaces at once.
///
/// Sources: the kustomization file (`resources`, `bases`, `components`: Kustomize reference), `spec.path` of Flux's
/// Kustomization, `source.path` of Argo CD's Application, and of ApplicationSet, which stands for several clusters.
package struct Deliveries: Sendable {
    /// By folder or file, the first two of what delivers it: more make no difference.
    private var marks: [String: Set<String>] = [:]
    /// By folder, the GitOps objects that name it, likewise.
    private var named: [String: Set<String>] = [:]

    package init(_ tree: RepositoryTree) {
        var listed: [String: Set<String>] = [:]
        for path in tree.files.keys.sorted() {
            if Self.isKustomization(path) {
                listed[Self.folder(of: path)] = Self.entries(of: tree.text(path) ?? "", in: Self.folder(of: path))
            } else {
                for (folder, mark) in Self.deliveries(in: path, of: tree) where (named[folder]?.count ?? 0) < 2 {
                    named[folder, default: []].insert(mark)
                }
            }
        }
        let inner = listed.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        // A kustomization that nobody lists is applied by whoever names its folder, or else by something unknown.
        for folder in listed.keys.sorted() {
            let outer = naming(folder)
            if !outer.isEmpty {
                spread(outer, from: folder, listed)
            } else if !inner.contains(folder) {
                spread(["kustomization " + folder], from: folder, listed)
            }
        }
    }

    /// True if more than one delivery applies the file, or one that stands for several clusters.
    package func share(_ path: String) -> Bool { (marks[path] ?? []).union(naming(path)).count > 1 }

    /// The GitOps objects that name the path, or a folder above it.
    private func naming(_ path: String) -> Set<String> {
        var found = named[path] ?? []
        var folder = path
        while !folder.isEmpty, found.count < 2 {
            folder = Self.folder(of: folder)
            found.formUnion(named[folder] ?? [])
        }
        return found
    }

    /// Each place takes at most two marks, so that it is passed no more often.
    private mutating func spread(_ new: Set<String>, from start: String, _ listed: [String: Set<String>]) {
        var pending = [start]
        while let place = pending.popLast() {
            let known = marks[place] ?? []
            guard known.count < 2, !new.isSubset(of: known) else { continue }
            marks[place] = known.union(new)
            pending += listed[place] ?? []
        }
    }
}

// MARK: - Reading

extension Deliveries {
    private static func isKustomization(_ path: String) -> Bool {
        Kustomization.names.contains(path.split(separator: "/").last.map(String.init) ?? "")
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// What a kustomization lists, from the root of the repository. What cannot be read lists nothing.
    private static func entries(of text: String, in folder: String) -> Set<String> {
        let objects = (JSONForm.documents(text) ?? []).compactMap { $0 as? [String: Any] }
        let entries = objects.flatMap { object in
            ["resources", "bases", "components"].flatMap { object[$0] as? [Any] ?? [] }
        }
        return Set(entries.compactMap { $0 as? String }.compactMap { joined(folder, $0) })
    }

    private static let gitOps = ["kustomize.toolkit.fluxcd.io/", "argoproj.io/"]

    /// The folders that GitOps objects of a file name, each with a mark of its own.
    private static func deliveries(in path: String, of tree: RepositoryTree) -> [(folder: String, mark: String)] {
        guard RepositoryManifests.isManifest(path), let text = tree.text(path), gitOps.contains(where: text.contains),
            let documents = JSONForm.documents(text)
        else { return [] }
        return documents.enumerated().flatMap { number, document -> [(String, String)] in
            guard let object = document as? [String: Any], let group = object["apiVersion"] as? String,
                gitOps.contains(where: group.hasPrefix)
            else { return [] }
            let folders = folders(of: object).compactMap { joined("", $0) }
            let marks = object["kind"] as? String == "ApplicationSet" ? ["", " again"] : [""]
            return folders.flatMap { folder in marks.map { (folder, "\(path) \(number)\($0)") } }
        }
    }

    private static func folders(of object: [String: Any]) -> [String] {
        guard let spec = object["spec"] as? [String: Any] else { return [] }
        switch object["kind"] as? String {
        case "Kustomization": return [spec["path"] as? String ?? ""]
        case "Application": return sources(of: spec)
        case "ApplicationSet":
            let template = spec["template"] as? [String: Any]
            // A path that is filled in is another one for each cluster.
            return sources(of: template?["spec"] as? [String: Any] ?? [:]).filter { !$0.contains("{{") }
        default: return []
        }
    }

    private static func sources(of spec: [String: Any]) -> [String] {
        let one = [spec["source"]].compactMap { $0 as? [String: Any] }
        let more = spec["sources"] as? [Any] ?? []
        return (one + more.compactMap { $0 as? [String: Any] }).compactMap { $0["path"] as? String }
    }

    /// A path below a folder, without `.` and `..`; nil where it leaves the repository, or is none of its paths.
    private static func joined(_ folder: String, _ path: String) -> String? {
        guard !path.contains("://") else { return nil }
        var parts = folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }
}
