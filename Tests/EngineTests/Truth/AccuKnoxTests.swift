import Domain
import NetworkLearner
import Testing

@testable import Engine

/// The expected policies of AccuKnox' discovery engine.
struct AccuKnoxTests {
    @Test(.enabled(if: !AccuKnoxCase.all.isEmpty, "the pairs are not beside this repository"))
    func `names only cases that are there`() {
        let names = Set(AccuKnoxCase.all.map(\.name))
        #expect(Self.known.keys.filter { !names.contains($0) }.sorted() == [])
    }

    @Test(
        .enabled(if: !AccuKnoxCase.all.isEmpty, "the pairs are not beside this repository"),
        arguments: AccuKnoxCase.all)
    func `reaches what the golden reaches`(_ pair: AccuKnoxCase) throws {
        try pair.told().check(Self.known[pair.name])
    }

    /// Most of the records say neither who opened the connection nor is there a listener that anything declares. The
    /// goldens take each for a request; we wait for more, and say so.
    @Test(
        .enabled(if: !AccuKnoxCase.all.isEmpty, "the pairs are not beside this repository"),
        arguments: AccuKnoxCase.all)
    func `holds back what says no direction, and nothing else`(_ pair: AccuKnoxCase) throws {
        let asIs = try pair.learnedAsIs()
        let told = Set(try pair.told().learned?.learned.map(\.text) ?? [])
        let learned = Set(asIs?.learned.map(\.text) ?? [])
        let held = Set((asIs?.heldBack ?? []).filter { $0.reason == .unknownDirection }.map(\.what))
        #expect(learned.subtracting(told).sorted() == [])
        #expect(told.subtracting(learned).subtracting(held).sorted() == [])
        #expect(held.subtracting(told).sorted() == [])
    }

    @Test(
        .enabled(if: !AccuKnoxCase.all.isEmpty, "the pairs are not beside this repository"),
        arguments: AccuKnoxCase.all)
    func `reaches the same where objects declare who listens`(_ pair: AccuKnoxCase) throws {
        // Nothing declares what listens outside.
        let isOutside = try pair.told().learned?.learned.contains { $0.destination.workload == nil } ?? false
        guard !isOutside else { return }
        try pair.declared().check(Self.known[pair.name])
    }
}
