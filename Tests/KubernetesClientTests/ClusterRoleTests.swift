import Engine
import Foundation
import KubernetesClient
import ScriptedServers
import Testing
import Yams

/// The rights that are shipped are those that the watch needs: all of them, and no other.
@Suite struct ClusterRoleTests {
    private struct Role: Decodable {
        let kind: String
        let rules: [Rule]
    }

    private struct Rule: Decodable {
        let apiGroups: [String]?
        let resources: [String]?
        let nonResourceURLs: [String]?
        let resourceNames: [String]?
        let verbs: [String]
    }

    private let role: Role

    init() throws {
        let file = ScriptedServer.root.appendingPathComponent("deploy/kubernetes/clusterrole.yaml")
        role = try YAMLDecoder().decode(Role.self, from: String(contentsOf: file, encoding: .utf8))
    }

    /// The plural that apimachinery guesses (`meta.UnsafeGuessKindToResource`); all kinds here follow it.
    private func plural(_ kind: String) -> String {
        let name = kind.lowercased()
        if name == "endpoints" { return name }
        if name.hasSuffix("s") { return name + "es" }
        return name.hasSuffix("y") ? name.dropLast() + "ies" : name + "s"
    }

    private var needed: Set<String> {
        Set(
            WatchedKinds.list().map { kind in
                let parts = kind.name.split(separator: "/")
                return "\(parts[0] == "core" ? "" : parts[0])/\(plural(String(parts[1])))"
            })
    }

    @Test func `lists and watches every kind that learning needs, and nothing else`() {
        #expect(role.kind == "ClusterRole")
        let granted = role.rules.flatMap { rule in
            (rule.apiGroups ?? []).flatMap { group in (rule.resources ?? []).map { "\(group)/\($0)" } }
        }
        #expect(Set(granted) == needed)
        #expect(granted.count == Set(granted).count)
        for rule in role.rules where rule.resources != nil {
            #expect(rule.verbs == ["list", "watch"])
            #expect(rule.resourceNames == nil)
        }
    }

    @Test func `reads the paths that tell which kinds there are`() {
        let paths = role.rules.flatMap { $0.nonResourceURLs ?? [] }
        #expect(paths.contains("/api/v1") && paths.contains("/apis"))
        for kind in needed where !kind.hasPrefix("/") {
            let group = kind.prefix { $0 != "/" }
            #expect(paths.contains { $0.hasPrefix("/apis/\(group)/") }, "\(group)")
        }
        #expect(role.rules.filter { $0.nonResourceURLs != nil }.allSatisfy { $0.verbs == ["get"] })
    }

    @Test func `has no wildcard and no secrets`() {
        let words = role.rules.flatMap { rule in
            [rule.apiGroups, rule.resources, rule.nonResourceURLs, rule.verbs].flatMap { $0 ?? [] }
        }
        #expect(!words.isEmpty)
        #expect(!words.contains { $0.contains("*") || $0.hasPrefix("secret") || $0.hasPrefix("configmap") })
    }
}
