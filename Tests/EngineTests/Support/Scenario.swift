import AppConfiguration
import Domain
import Foundation
import Layout
import NetworkLearner

@testable import Engine

/// A folder with `input/` and `expected/`.
struct Scenario: CustomStringConvertible, Sendable {
    let name: String

    var description: String { name }

    /// All scenarios, sorted by name.
    static let all: [Scenario] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.scenarios.path)) ?? []
        return names.sorted().map { Scenario(name: $0) }
    }()

    private var folder: URL { Fixtures.scenarios.appending(path: name) }
    private var expectedFolder: URL { folder.appending(path: "expected") }

    private func input(_ file: String) -> URL? {
        let url = folder.appending(path: "input").appending(path: file)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    func observed() throws -> ObservedCluster { try ObservedCluster(inputs()) }

    /// The last record first, and the objects after all records.
    func observedBackwards() throws -> ObservedCluster {
        let inputs = try inputs()
        let folder = try TemporaryFolder()
        return try withExtendedLifetime(folder) {
            let records = Inputs(
                flows: try inputs.flows.map { try Self.reversed($0, into: folder) },
                audit: try inputs.audit.map { try Self.reversed($0, into: folder) },
                configuration: inputs.configuration, auditPolicy: inputs.auditPolicy)
            let cluster = try ObservedCluster(records)
            try cluster.observe(Inputs(objects: inputs.objects))
            return cluster
        }
    }

    private static func reversed(_ file: URL, into folder: TemporaryFolder) throws -> URL {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return try folder.write(lines.reversed().joined(separator: "\n") + "\n", to: file.lastPathComponent)
    }

    private func inputs() throws -> Inputs {
        Inputs(
            objects: [input("objects.json")].compactMap { $0 }, flows: [input("flows.ndjson")].compactMap { $0 },
            audit: [input("audit.ndjson")].compactMap { $0 },
            configuration: try input("leastwise.yaml").map { try String(contentsOf: $0, encoding: .utf8) },
            auditPolicy: input("audit-policy.yaml"))
    }

    /// The pitfall that the scenario is about, which its name begins with: `05-...` of network policies, `rbac-05-...` of
    /// roles. Nil for a name of another form.
    var pitfall: Pitfall? {
        let words = name.split(separator: "-")
        let isOfRoles = words.first == "rbac"
        guard let number = words.dropFirst(isOfRoles ? 1 : 0).first, number.count == 2, let number = Int(number) else {
            return nil
        }
        return isOfRoles ? .ofRoles(number) : .ofPolicies(number)
    }

    /// What is known to trip learners, by its number.
    enum Pitfall: Hashable, Sendable {
        case ofPolicies(Int)
        case ofRoles(Int)
    }

    /// True if what is learned are roles.
    var isOfRoles: Bool {
        if case .ofRoles = pitfall { true } else { false }
    }

    func probes() throws -> Probes {
        try Probes(contentsOf: folder.appending(path: "input").appending(path: "probes.json"))
    }

    /// Probes that are not answered as demanded yet.
    func awaitedProbes() throws -> Probes? {
        try input("awaiting.json").map { try Probes(contentsOf: $0) }
    }

    /// The text of a configuration that the scenario needs, and that no version can read yet.
    func awaitedSettings() throws -> String? {
        try input("awaiting.yaml").map { try String(contentsOf: $0, encoding: .utf8) }
    }

    /// The repository before anything is proposed; nil where the scenario needs none.
    func repository() throws -> RepositoryTree? {
        try input("repository").map { RepositoryTree(files: try Self.files(under: $0).mapValues { [UInt8]($0.utf8) }) }
    }

    /// The events of the audit log that stand there as such, without those of lists and envelopes.
    func auditEvents() throws -> [AuditStory.Event] {
        guard let file = input("audit.ndjson") else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(AuditStory.Event.self, from: Data(line.utf8))
        }
    }

    /// The tree of files that is proposed, the summary that a person sees, what was held back with the reasons, for a
    /// cluster with roles of its own which grants are unused, and what becomes of a repository by removals.
    func tree(of observed: ObservedCluster) throws -> [String: String] {
        let report = try observed.preview()
        let placement = FilePlacement(
            placement: try Placement(pattern: observed.settings.repository.path), cluster: observed.settings.cluster)
        var tree = ["summary.txt": report.summary]
        let held = report.learned.network.heldBack
        if !held.isEmpty { tree["held-back.txt"] = held.map { "\($0.text)\n" }.joined() }
        if !report.learned.inventory.grants.bindings.isEmpty {
            tree["unused.txt"] = try UnusedReport(report.learned, settings: observed.settings).text(withParts: true)
        }
        if let merged = try repository().map({ try MergedRemovals($0, observed) }) {
            tree.merge(merged.tree) { first, _ in first }
        }
        for file in report.items.flatMap({ placement.files(of: $0) }).map(\.file) {
            guard tree.updateValue(file.contents, forKey: file.path) == nil else { throw Clash(path: file.path) }
        }
        return tree
    }

    struct Clash: Error {
        let path: String
    }

    /// Every file under `expected/`, by its path there.
    func expected() throws -> [String: String] { try Self.files(under: expectedFolder) }

    private static func files(under folder: URL) throws -> [String: String] {
        guard let walk = FileManager.default.enumerator(atPath: folder.path) else { return [:] }
        var tree: [String: String] = [:]
        for case let path as String in walk {
            let file = folder.appending(path: path)
            guard !file.isFolder else { continue }
            tree[path] = try String(contentsOf: file, encoding: .utf8)
        }
        return tree
    }

    /// Replaces `expected/` by a tree.
    func record(_ tree: [String: String]) throws {
        try? FileManager.default.removeItem(at: expectedFolder)
        for (path, text) in tree {
            let file = expectedFolder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }
}

/// Attempts whose outcome a scenario demands, whatever was learned.
struct Probes: Decodable {
    let allowed: Attempts
    let denied: Attempts

    init(contentsOf file: URL) throws {
        self = try JSONDecoder().decode(Probes.self, from: Data(contentsOf: file))
    }

    struct Attempts: Decodable {
        var connections: [Connection]?
        var requests: [Request]?

        var count: Int { (connections ?? []).count + (requests ?? []).count }

        /// Each attempt on its own.
        var each: [Attempts] {
            (connections ?? []).map { Attempts(connections: [$0]) } + (requests ?? []).map { Attempts(requests: [$0]) }
        }
    }

    /// Ends are workloads (`shop/Deployment/web`), addresses, nodes (`node/node-1`), API servers
    /// (`apiserver/192.0.2.1`), or as `to` hosts whatever their address (`name/api.example.com`). Echo requests are of the
    /// protocol `ICMPv4` or `ICMPv6`, and of port 0.
    struct Connection: Decodable {
        let from: String
        let to: String
        let port: UInt16
        var `protocol`: String?
        /// In `awaiting.json`: why it is not answered as demanded yet.
        var why: String?
    }

    struct Request: Decodable {
        let user: String
        var groups: [String]?
        let verb: String
        var group: String?
        var resource: String?
        var subresource: String?
        var namespace: String?
        var name: String?
        var path: String?
        /// In `awaiting.json`: why it is not answered as demanded yet.
        var why: String?

        var action: AccessAction {
            if let path { return AccessAction(verb: verb, path: path) }
            return AccessAction(
                verb: verb, apiGroup: group ?? "", resource: resource ?? "", subresource: subresource ?? "",
                namespace: Namespace(namespace ?? ""), name: name ?? "")
        }
    }
}

extension URL {
    fileprivate var isFolder: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true }
}
