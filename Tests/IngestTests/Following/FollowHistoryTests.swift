import Testing

@Suite struct FollowHistoryTests {
    /// The line that all files of some histories begin with does not count: it is read once for each, or once for all.
    @Test(arguments: 0..<8) func `whatever happens to a log, each record is stored once`(part: Int) throws {
        for seed in UInt64(part * 40)..<UInt64(part * 40 + 40) {
            var history = try FollowHistory(seed: seed)
            do {
                try history.run(60)
            } catch {
                Issue.record("seed \(seed): \(error): \(history.steps)")
                return
            }
            let stored = history.harness.lines.filter { !$0.hasPrefix("#") }
            if stored.sorted() != history.written.sorted() {
                let missing = Set(history.written).subtracting(stored).map { $0.prefix(8) }.sorted()
                let extra = stored.count - Set(stored).count
                Issue.record("seed \(seed): missing \(missing), repeated \(extra): \(history.steps)")
                return
            }
            #expect(history.harness.lost.isEmpty, "seed \(seed)")
        }
    }
}
