import Domain
import Foundation
import NetworkLearner
import RBACLearner
import Testing

@testable import Engine

/// Small estates with one awkward point each, compared with the whole tree of files that they must lead to.
struct ScenarioTests {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1"

    @Test func `there are scenarios`() {
        #expect(Scenario.all.count >= 12)
    }

    @Test(arguments: Scenario.all)
    func `leads to the expected tree`(_ scenario: Scenario) throws {
        let tree = try Scenario.tree(of: scenario.observed())
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

    @Test(.enabled(if: !isRecording), arguments: Scenario.all)
    func `allows all that was learned`(_ scenario: Scenario) throws {
        let learned = try scenario.observed().session.learn()
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
        let judge = ScenarioJudge(try scenario.expected(), learned: try scenario.observed().session.learn())
        let probes = try scenario.probes()
        #expect(probes.denied.count > 0, "a scenario without a denied probe proves little")
        let blocked = try judge.allowed(probes.allowed).filter { !$0.isAllowed }.map(\.probe)
        #expect(blocked.isEmpty)
        let open = try judge.allowed(probes.denied).filter(\.isAllowed).map(\.probe)
        #expect(open.isEmpty)
    }
}
