package import Domain

/// Places generated files in a repository: what to write, what to leave to people, what to list beside it.
package struct RepositoryLayout: Sendable {
    package let tree: RepositoryTree

    package init(tree: RepositoryTree) {
        self.tree = tree
    }

    /// The outcome of placing files: changes against the tree, and files that a person has to decide about.
    package struct Plan: Sendable {
        /// Sorted by path; empty if the tree has it all.
        package var changes: [FileChange] = []
        package var refused: [LayoutError] = []
        /// What a reviewer has to know about where the files stand.
        package var notes: [String] = []

        package init() {}
    }

    /// Plans the changes that bring the files into the tree.
    ///
    /// A file of the same path that Leastwise did not write, or that was edited since, stays as it is and is reported.
    package func plan(_ files: [GeneratedFile], namespaces: [String: Set<Namespace>]) -> Plan {
        var plan = Plan()
        var placed: [String: [GeneratedFile]] = [:]
        for file in files {
            do {
                try checkOwner(file)
                placed[Self.folder(of: file.path), default: []].append(file)
                let bytes = Array(file.contents.utf8)
                if tree.files[file.path] != bytes {
                    plan.changes.append(FileChange(path: file.path, contents: bytes))
                }
            } catch { plan.refused.append(error) }
        }
        for (folder, files) in placed.sorted(by: { $0.key < $1.key }) {
            do {
                if let change = try listing(files, in: folder, namespaces) { plan.changes.append(change) }
                if isOutsideKustomizations(folder) {
                    plan.notes.append("no kustomization.yaml lists \(folder): list it where the cluster will find it")
                }
            } catch let error as LayoutError {
                plan.refused.append(error)
                let paths = Set(files.map(\.path))
                plan.changes.removeAll { paths.contains($0.path) }
            } catch {
                plan.refused.append(
                    LayoutError(code: .unreadableKustomization, message: "\(folder): \(error)", hint: "check the file"))
            }
        }
        plan.changes.sort()
        return plan
    }

    private func checkOwner(_ file: GeneratedFile) throws(LayoutError) {
        guard let bytes = tree.files[file.path] else { return }
        let text = String(validating: bytes, as: UTF8.self) ?? ""
        switch GeneratedFile.origin(of: text) {
        case .untouched: return
        case .foreign:
            throw LayoutError(
                code: .foreignFile, message: "\(file.path) exists and was not written by Leastwise",
                hint: "move it, or set repository.path to a folder of its own")
        case .edited:
            guard text != file.contents else { return }
            throw LayoutError(
                code: .editedFile, message: "\(file.path) was edited by a person and is left as it is",
                hint: "delete the file to let Leastwise write it again")
        }
    }

    private func listing(
        _ files: [GeneratedFile], in folder: String, _ namespaces: [String: Set<Namespace>]
    ) throws -> FileChange? {
        guard let kustomization = Kustomization.find(in: folder, tree) else { return nil }
        if let forced = try kustomization.namespace() {
            for file in files where namespaces[file.path, default: []].contains(where: { $0.rawValue != forced }) {
                throw LayoutError(
                    code: .namespaceTransformer,
                    message: "\(kustomization.path) puts everything into namespace \(forced), "
                        + "but \(file.path) holds objects of another",
                    hint: "set repository.path so that these files stand elsewhere")
            }
        }
        let names = files.map { String($0.path.split(separator: "/").last ?? "") }
        let edited = try kustomization.listing(names)
        return edited == kustomization.text
            ? nil : FileChange(path: kustomization.path, contents: Array(edited.utf8))
    }

    /// True if a folder above has a kustomization but this one has none: then nothing applies the files.
    private func isOutsideKustomizations(_ folder: String) -> Bool {
        guard Kustomization.find(in: folder, tree) == nil else { return false }
        var above = Self.folder(of: folder)
        while true {
            if Kustomization.find(in: above, tree) != nil { return true }
            if above.isEmpty { return false }
            above = Self.folder(of: above)
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
