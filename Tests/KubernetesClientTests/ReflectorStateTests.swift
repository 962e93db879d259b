import Testing

@testable import KubernetesClient

@Suite struct ReflectorStateTests {
    private static let first = ReflectorState.Action.list(continueToken: "", isPaged: true)

    private func watching(_ version: String = "7") -> ReflectorState {
        var state = ReflectorState()
        _ = state.read(version: version, continueToken: "", jitter: 0)
        return state
    }

    @Test func `lists page by page, then watches from the list's version`() {
        var state = ReflectorState()
        #expect(state.next == Self.first)
        #expect(
            state.read(version: "5", continueToken: "abc", jitter: 0)
                == .list(continueToken: "abc", isPaged: true))
        #expect(!state.isListed)
        #expect(state.read(version: "5", continueToken: "", jitter: 0) == .complete(version: "5"))
        #expect(state.isListed)
        #expect(state.next == .watch(version: "5"))
    }

    @Test func `lists from the beginning when a page's token expired, and all at once after three times`() {
        var state = ReflectorState()
        for _ in 0..<3 {
            #expect(state.next == Self.first)
            _ = state.read(version: "5", continueToken: "abc", jitter: 0)
            #expect(state.end(.status(410, retryAfter: nil), jitter: 0) == .wait(.milliseconds(800)))
        }
        #expect(state.next == .list(continueToken: "", isPaged: false))
        _ = state.read(version: "9", continueToken: "", jitter: 0)
        #expect(state.next == .watch(version: "9"))
    }

    @Test func `goes on with the page where a page broke off`() {
        var state = ReflectorState()
        _ = state.read(version: "5", continueToken: "abc", jitter: 0)
        #expect(state.end(.broken, jitter: 0) == .wait(.milliseconds(800)))
        #expect(state.next == .list(continueToken: "abc", isPaged: true))
    }

    @Test func `begins again where a page breaks off time and again`() {
        var state = ReflectorState()
        _ = state.read(version: "5", continueToken: "abc", jitter: 0)
        for _ in 0..<5 { _ = state.end(.broken, jitter: 0) }
        #expect(state.next == Self.first)
    }

    @Test func `does not go round in a circle with a token`() {
        var state = ReflectorState()
        _ = state.read(version: "5", continueToken: "abc", jitter: 0)
        #expect(state.read(version: "5", continueToken: "abc", jitter: 0) == .wait(.milliseconds(800)))
        #expect(state.next == Self.first)
    }

    @Test func `a list without a version is none`() {
        var state = ReflectorState()
        #expect(state.read(version: "", continueToken: "", jitter: 0) == .wait(.milliseconds(800)))
        #expect(!state.isListed)
    }

    @Test func `takes a watch up behind the last event or bookmark`() {
        var state = watching()
        state.advance(to: "8")
        state.advance(to: "")
        #expect(state.end(.closed, jitter: 0) == .watch(version: "8"))
        state.advance(to: "9")
        #expect(state.end(.broken, jitter: 0) == .wait(.milliseconds(800)))
        #expect(state.next == .watch(version: "9"))
    }

    @Test func `a watch that ends without a word is not asked for at once again`() {
        var state = watching()
        #expect(state.end(.closed, jitter: 0.5) == .wait(.milliseconds(1200)))
        #expect(state.next == .watch(version: "7"))
    }

    @Test func `lists anew after 410, with longer waits and jitter`() {
        var state = watching()
        #expect(state.end(.status(410, retryAfter: nil), jitter: 0) == .wait(.milliseconds(800)))
        #expect(state.next == Self.first)
        #expect(state.end(.broken, jitter: 1) == .wait(.milliseconds(3200)))
        var last = ReflectorState.Action.wait(.zero)
        for _ in 0..<20 { last = state.end(.broken, jitter: 0) }
        #expect(last == .wait(.seconds(30)))
        // What is read shortens the wait again.
        _ = state.read(version: "9", continueToken: "t", jitter: 0)
        #expect(state.end(.broken, jitter: 0) == .wait(.milliseconds(800)))
    }

    @Test func `waits as long as the server asks for, within bounds`() {
        var state = watching()
        #expect(state.end(.status(429, retryAfter: .seconds(7)), jitter: 0) == .wait(.seconds(7)))
        #expect(state.end(.status(503, retryAfter: .seconds(100_000)), jitter: 0) == .wait(.seconds(600)))
        #expect(state.next == .watch(version: "7"))
    }

    @Test func `is never brought to list anew by 429, but by other errors that stay`() {
        var state = watching()
        for _ in 0..<9 { _ = state.end(.status(429, retryAfter: nil), jitter: 0) }
        #expect(state.next == .watch(version: "7"))
        for _ in 0..<5 { _ = state.end(.status(500, retryAfter: nil), jitter: 0) }
        #expect(state.next == Self.first)
        state = watching()
        for _ in 0..<5 { _ = state.end(.broken, jitter: 0) }
        #expect(state.next == Self.first)
    }

    @Test func `asks for new credentials after 401, and goes on where it was`() {
        var state = watching()
        #expect(state.end(.status(401, retryAfter: nil), jitter: 0) == .renewCredentials(wait: .milliseconds(800)))
        #expect(state.next == .watch(version: "7"))
    }

    @Test(arguments: [403, 404]) func `asks seldom for what it may not have, and lists then`(status: Int) {
        var state = watching()
        #expect(state.end(.status(status, retryAfter: nil), jitter: 0) == .wait(.seconds(300)))
        #expect(state.next == Self.first)
    }
}
