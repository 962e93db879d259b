import AppConfiguration
import Domain
import Foundation
import Layout
import NetworkLearner
import RBACLearner
import Testing

@testable import Engine

/// Small estates with one awkward point each, compared with the whole tree of files that they must lead to.
struct ScenarioTests {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1"

    /// What is known to trip learners, by the number that folders begin with.
    private static let pitfalls = (1...33).map(Scenario.Pitfall.ofPolicies) + (1...25).map(Scenario.Pitfall.ofRoles)

    @Test(arguments: pitfalls)
    func `each pitfall has a scenario`(_ pitfall: Scenario.Pitfall) {
        #expect(Scenario.all.contains { $0.pitfall == pitfall })
    }

    @Test func `no folder lacks the number of a known pitfall`() {
        let unknown = Scenario.all.filter { scenario in
            scenario.pitfall.map { !Self.pitfalls.contains($0) } ?? true
        }
        #expect(unknown.map(\.name) == [])
    }

    @Test(arguments: Scenario.all)
    func `leads to the expected tree`(_ scenario: Scenario) throws {
        let tree = try scenario.tree(of: scenario.observed())
        if Self.isRecording {
            try scenario.record(tree)
            Issue.record("written anew: look at the difference, then run without RECORD_GOLDENS")
            return
        }
        let expected = try scenario.expected()
        #expect(tree.keys.sorted() == expected.keys.sorted())
        for (path, text) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(tree[path] == text, "\(path)")
        }
    }

    /// Records may come before the objects that explain them, and the newest first.
    @Test(.enabled(if: !isRecording), arguments: Scenario.all)
    func `leads to the expected tree in whatever order its input comes`(_ scenario: Scenario) throws {
        let tree = try scenario.tree(of: scenario.observedBackwards())
        let differing = try scenario.expected().filter { tree[$0.key] != $0.value }.keys.sorted()
        #expect(differing == [])
    }

    @Test(.enabled(if: !isRecording), arguments: Scenario.all)
    func `allows all that was learned`(_ scenario: Scenario) throws {
        let learned = try scenario.observed().learn()
        let judge = ScenarioJudge(try scenario.expected(), learned: learned)
        let isEmpty = learned.network.learned.isEmpty && learned.access.subjects.isEmpty
        #expect(!isEmpty)
        let denied = try learned.network.learned.filter { try !judge.isAllowed($0) }.map(\.text)
        #expect(denied.isEmpty)
        let refused = learned.access.subjects.filter { !judge.isAllowed($0) }.map(\.subject.description)
        #expect(refused.isEmpty)
    }

    @Test(.enabled(if: !isRecording), arguments: Scenario.all)
    func `answers its probes as demanded`(_ scenario: Scenario) throws {
        let judge = ScenarioJudge(try scenario.expected(), learned: try scenario.observed().learn())
        let probes = try scenario.probes()
        #expect(probes.denied.count > 0, "a scenario without a denied probe proves little")
        let blocked = try judge.blocked(probes.allowed)
        #expect(blocked == [])
        let open = try judge.open(probes.denied)
        #expect(open == [])
    }

    @Test(.enabled(if: !isRecording), arguments: Scenario.all)
    func `does not answer awaited probes yet`(_ scenario: Scenario) throws {
        guard let awaited = try scenario.awaitedProbes() else { return }
        let judge = ScenarioJudge(try scenario.expected(), learned: try scenario.observed().learn())
        #expect(awaited.allowed.count + awaited.denied.count > 0)
        for attempt in awaited.allowed.each {
            let wrong = try judge.blocked(attempt)
            withKnownIssue("answered as demanded now: move it to probes.json") { #expect(wrong == []) }
        }
        for attempt in awaited.denied.each {
            let wrong = try judge.open(attempt)
            withKnownIssue("answered as demanded now: move it to probes.json") { #expect(wrong == []) }
        }
    }

    @Test(arguments: Scenario.all)
    func `does not know awaited settings yet`(_ scenario: Scenario) throws {
        guard let settings = try scenario.awaitedSettings() else { return }
        withKnownIssue("known now: it is leastwise.yaml") {
            _ = try ConfigurationFile(parsing: settings, name: "awaiting.yaml")
        }
    }

    @Test(
        .enabled(
            if: PolicySchemas.canCheck && !isRecording,
            "needs python3 with jsonschema and PyYAML, and ../shared/fixtures/schemas"))
    func `writes what API servers accept`() throws {
        let folder = try TemporaryFolder()
        var texts: [PolicyDialect: [String]] = [:]
        for scenario in Scenario.all {
            for (path, text) in try scenario.expected() where path.hasPrefix("policies/") {
                let file = RepositoryTree(files: [path: [UInt8](text.utf8)])
                let policies = RepositoryObjects(file, cluster: ClusterName("prod")).policies
                if let dialect = policies.first?.dialect { texts[dialect, default: []].append(text) }
            }
        }
        #expect(Set(texts.keys) == Set(PolicyDialect.allCases))
        for (dialect, texts) in texts {
            let file = try folder.write(texts.sorted().joined(separator: "---\n"), to: "\(dialect.rawValue).yaml")
            for schema in PolicySchemas.of(dialect) {
                let checked = try PolicySchemas.check(file, against: schema)
                #expect(checked.status == 0, "\(schema.lastPathComponent): \(checked.all.suffix(2000))")
            }
        }
    }

    /// An empty or omitted list of peers means everyone, an empty selector every pod ("Network Policies", Kubernetes
    /// documentation).
    @Test(arguments: Scenario.all)
    func `never means everyone by leaving something out`(_ scenario: Scenario) throws {
        let judge = ScenarioJudge(try scenario.expected(), learned: try scenario.observed().learn())
        for policy in judge.policies {
            #expect(!policy.podSelector.isEmpty, "\(policy.name)")
            #expect(!policy.policyTypes.isEmpty, "\(policy.name)")
            let isComplete = (policy.ingress + policy.egress).allSatisfy { !$0.peers.isEmpty && !$0.ports.isEmpty }
            #expect(isComplete, "\(policy.name)")
        }
    }
}
