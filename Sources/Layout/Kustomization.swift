import Domain
import Yams

/// A `kustomization.yaml` and the edit that lists a file in it, every other line left as it is.
struct Kustomization {
    static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    let path: String
    let text: String

    /// The kustomization in a folder of the tree, or nil.
    static func find(in folder: String, _ tree: RepositoryTree) -> Kustomization? {
        for name in names {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            if let text = tree.text(path) { return Kustomization(path: path, text: text) }
        }
        return nil
    }

    /// The namespace that it gives to everything in it, or nil.
    func namespace() throws -> String? {
        try root()["namespace"].flatMap { $0.null == nil ? $0.string : nil }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The text with the files listed under `resources`, after what is there; unchanged if all are.
    ///
    /// Throws if the file is not YAML that can be edited line by line.
    func listing(_ files: [String]) throws -> String {
        let root = try root()
        let resources = root["resources"]
        let present = Set(resources?.sequence?.compactMap(\.string) ?? [])
        let missing = Set(files).filter { !present.contains($0) && !present.contains("./" + $0) }.sorted()
        guard !missing.isEmpty else { return text }
        let edited = try insert(missing, after: resources)
        try check(edited, lists: files)
        return edited
    }

    private func root() throws -> Yams.Node {
        guard !YAMLKeys.areOfAliases(text) else { throw unreadable("it has aliases as keys") }
        do {
            guard let node = try Yams.compose(yaml: text), node.mapping != nil else { throw unreadable("it is no map") }
            return node
        } catch let error as LayoutError {
            throw error
        } catch {
            throw unreadable("it is not YAML")
        }
    }

    private func insert(_ missing: [String], after resources: Yams.Node?) throws -> String {
        // Scalars, since CR and LF together are one `Character`.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        guard let resources, resources.null == nil else {
            let lineEnd = lines[0].hasSuffix("\r") ? "\r\n" : "\n"
            let ending = lines.last == "" ? "" : lineEnd
            // A present but empty `resources:` key would otherwise be written twice.
            guard resources == nil else { throw unreadable("its list of resources is empty") }
            return text + ending + (["resources:"] + missing.map { "- \($0)" }).map { $0 + lineEnd }.joined()
        }
        guard let last = resources.sequence?.last, let mark = last.mark, last.string != nil,
            lines.indices.contains(mark.line - 1), let indent = Self.indent(lines[mark.line - 1])
        else { throw unreadable("its list of resources is not one item a line") }
        let carriageReturn = lines[mark.line - 1].hasSuffix("\r") ? "\r" : ""
        lines.insert(contentsOf: missing.map { "\(indent)- \($0)\(carriageReturn)" }, at: mark.line)
        return lines.joined(separator: "\n")
    }

    /// The blanks before a list item's dash.
    private static func indent(_ line: String) -> Substring? {
        let indent = line.prefix { $0 == " " }
        return line.dropFirst(indent.count).hasPrefix("- ") ? indent : nil
    }

    /// Reads the edited text again: it has to hold the files, and still all that it held before.
    private func check(_ edited: String, lists files: [String]) throws {
        let before = try root()
        let after = try Kustomization(path: path, text: edited).root()
        let listed = Set(after["resources"]?.sequence?.compactMap(\.string) ?? [])
        let earlier = Set(before["resources"]?.sequence?.compactMap(\.string) ?? [])
        guard listed.isSuperset(of: earlier), files.allSatisfy({ listed.contains($0) || listed.contains("./" + $0) })
        else { throw unreadable("the edit did not hold") }
    }

    private func unreadable(_ why: String) -> LayoutError {
        LayoutError(
            code: .unreadableKustomization, message: "\(path) cannot be extended: \(why)",
            hint: "list the generated files there by hand, one a line under resources:")
    }
}
