import Testing

/// The program under what a platform does to it; `make soak` runs the same for longer.
@Suite(
    .serialized,
    .enabled(if: SoakScript.canRun, "needs the built program and python3"))
struct KillTests {
    @Test func `what was acknowledged is there after each kill, and a batch with a key once`() async throws {
        try await expectSuccess(SoakScript.run("kill.py", "--rounds", "6"))
    }

    @Test func `each record of a followed file is counted once, however often the service is killed`() async throws {
        try await expectSuccess(SoakScript.run("follow_kill.py", "--rounds", "10"))
    }

    @Test func `a full, read-only or broken disk is answered with 503, and recovered from without a restart`()
        async throws
    {
        try await expectSuccess(SoakScript.run("disk.py"))
    }

    private func expectSuccess(_ outcome: SoakScript.Outcome) {
        // What was skipped, and the seed.
        print(outcome.output, terminator: "")
        #expect(outcome.status == 0, "\(outcome.output)")
    }
}
