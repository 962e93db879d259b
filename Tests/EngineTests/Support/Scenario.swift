import Configuration
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

    /// The last flow first, and the objects after all flows.
    func observedBackwards() throws -> ObservedCluster {
        let inputs = try inputs()
        let lines = try inputs.flows.flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
        let folder = try TemporaryFolder()
        return try withExtendedLifetime(folder) {
            let flows = try folder.write(lines.reversed().joined(separator: "\n"), to: "flows.ndjson")
            let cluster = try ObservedCluster(Inputs(flows: [flows], configuration: inputs.configuration))
            try cluster.observe(Inputs(objects: inputs.objects))
            return cluster
        }
    }

    private func inputs() throws -> Inputs {
        Inputs(
            objects: [input("objects.json")].compactMap { $0 }, flows: [input("flows.ndjson")].compactMap { $0 },
            audit: [input("audit.ndjson")].compactMap { $0 },
            configuration: try input("leastwise.yaml").map { try String(contentsOf: $0, encoding: .utf8) })
    }

    /// The pitfall of network policies that the scenario is about, which its name begins with; nil for others.
    var pitfall: Int? {
        guard input("flows.ndjson") != nil else { return nil }
        return name.split(separator: "-").first.flatMap { $0.count == 2 ? Int($0) : nil }
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

    /// The tree of files that is proposed, the summary that a person sees, and what was held back with the reasons.
    static func tree(of observed: ObservedCluster) throws -> [String: String] {
        let report = try observed.preview()
        let placement = FilePlacement(
            placement: try Placement(pattern: observed.settings.repository.path), cluster: observed.settings.cluster)
        var tree = ["summary.txt": report.summary]
        let held = report.learned.network.heldBack
        if !held.isEmpty { tree["held-back.txt"] = held.map { "\($0.text)\n" }.joined() }
        for file in report.items.flatMap({ placement.files(of: $0) }).map(\.file) {
            guard tree.updateValue(file.contents, forKey: file.path) == nil else { throw Clash(path: file.path) }
        }
        return tree
    }

    struct Clash: Error {
        let path: String
    }

    /// Every file under `expected/`, by its path there.
    func expected() throws -> [String: String] {
        guard let walk = FileManager.default.enumerator(atPath: expectedFolder.path) else { return [:] }
        var tree: [String: String] = [:]
        for case let path as String in walk {
            let file = expectedFolder.appending(path: path)
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
