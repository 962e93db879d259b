import Domain
import Foundation
import NetworkLearner
import Testing

@testable import Engine

/// An input of another project, what we learn from it, and what that project expects.
struct TruthCase {
    let name: String
    var parties: [TruthParty]
    var ports: Set<TruthPort>
    let directions: [TruthPolicy.Direction]
    let golden: TruthReach
    /// Nil where the input holds no observation.
    let learned: LearnedNetwork?

    func differences() -> Set<String> {
        let learned = TruthReach(learned)
        let grid = TruthGrid(
            parties: parties, ports: ports, directions: directions, golden: golden, learned: learned)
        return grid.differences(learned: learned, golden: golden)
    }

    /// Demands equal reachability, but for the differences that are written down.
    func check(_ known: KnownDifferences?) {
        let found = differences()
        let settled = Set((known?.settled ?? []).flatMap(\.cells))
        guard let awaiting = known?.awaiting else { return Self.expect(found, settled, name) }
        Self.expect(found, settled.union(awaiting.now), name)
        withKnownIssue("\(name) awaits: \(awaiting.feature)") {
            Self.expect(found, settled.union(awaiting.then.flatMap(\.cells)), name)
        }
    }

    private static func expect(_ found: Set<String>, _ expected: Set<String>, _ name: String) {
        #expect(found.subtracting(expected).sorted() == [], "\(name): not written down")
        #expect(expected.subtracting(found).sorted() == [], "\(name): written down, but no longer there")
    }
}

/// Where what we learn differs from a golden, and why that is right.
struct KnownDifferences {
    /// Cells of `TruthGrid` with the reason why the golden is wrong about them, or speaks of something else.
    struct Reason {
        let cells: [String]
        let because: String

        init(_ because: String, _ cells: String...) {
            self.cells = cells
            self.because = because
        }

        init(_ because: String, cells: [String]) {
            self.cells = cells
            self.because = because
        }
    }

    /// What the learner cannot do yet.
    struct Awaiting {
        let feature: String
        /// The cells that differ as long as it cannot.
        let now: [String]
        /// Those that will differ in their place, with reasons.
        var then: [Reason] = []
    }

    var settled: [Reason]
    var awaiting: Awaiting?

    init(_ settled: Reason..., awaiting: Awaiting? = nil) {
        self.init(settled, awaiting: awaiting)
    }

    init(_ settled: [Reason], awaiting: Awaiting? = nil) {
        self.settled = settled
        self.awaiting = awaiting
    }
}

/// Learns as the program does: through decoders, store and inventory.
enum TruthLearner {
    /// The one place for options: but for the plugin, what the program does without a configuration.
    private static func configuration(_ profile: NetworkProfile) -> String {
        "network:\n  profile: \(profile.rawValue)\n"
    }
    /// For records that carry no time: the `--at` of the command line.
    private static let time = Timestamp("2026-11-01T00:00:00Z")

    /// Learns from flows observed one file after another; nil if they hold no observation at all.
    static func learn(
        objects: [URL] = [], flows: [URL], profile: NetworkProfile = .kubernetes
    ) throws -> LearnedNetwork? {
        let observed = try ObservedCluster(Inputs(objects: objects, configuration: configuration(profile)))
        for file in flows { try observed.observe(Inputs(flows: [file], time: time)) }
        do {
            return try observed.learn().network
        } catch let error as EngineError where error.code == .nothingObserved {
            return nil
        }
    }
}
