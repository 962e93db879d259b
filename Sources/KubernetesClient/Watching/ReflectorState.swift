/// What to do next to keep up with one kind of objects: decides, and does nothing itself.
///
/// Lists in pages, then watches from the list's version, and lists again where the server has forgotten that version.
/// Sources: Kubernetes API concepts ("Efficient detection of changes", "Retrieving large results sets in chunks", "410
/// Gone responses"), and client-go's `Reflector`, whose waits these are.
struct ReflectorState: Sendable {
    /// What to do.
    enum Action: Hashable, Sendable {
        /// Ask for a page, the first one where the token is empty; for all at once where it is not paged.
        case list(continueToken: String, isPaged: Bool)
        /// Everything was listed: objects that were not are gone. Then watch.
        case complete(version: String)
        /// Watch from a version on.
        case watch(version: String)
        /// Wait, then do what `next` says.
        case wait(Duration)
        /// Ask for new credentials first, then wait.
        case renewCredentials(wait: Duration)
    }

    /// How a request ended.
    enum Outcome: Hashable, Sendable {
        /// The server ended a watch in order.
        case closed
        /// The connection broke, timed out, or something came that cannot be read.
        case broken
        /// An answer with another status than 2xx, or such a status in an `ERROR` event.
        case status(Int, retryAfter: Duration?)
    }

    private enum Phase: Hashable {
        case listing(token: String)
        case watching(version: String)
    }

    /// client-go's first and longest wait, and the longest that a server may ask for.
    private static let firstWait = Duration.milliseconds(800)
    private static let longestWait = Duration.seconds(30)
    private static let longestRetryAfter = Duration.seconds(600)
    /// Rights change seldom, and asking again costs the server a decision each.
    private static let refusedWait = Duration.seconds(300)
    /// A watch that breaks so often at one version, or a listing at one page, is taken up from a new list.
    private static let mostBreaks = 5
    /// A server that forgets a listing so often before its end is asked for all of it at once, as client-go does.
    private static let mostExpirations = 3

    private var phase = Phase.listing(token: "")
    private var failures = 0
    /// Breaks since the watch or the listing last came forward.
    private var breaks = 0
    /// Listings in a row that the server forgot before their end.
    private var expirations = 0
    private var hasAdvanced = false
    private(set) var isListed = false

    /// What the state asks for, without any wait.
    var next: Action {
        switch phase {
        case .listing(let token): .list(continueToken: token, isPaged: expirations < Self.mostExpirations)
        case .watching(let version): .watch(version: version)
        }
    }

    /// A page was read to its end.
    mutating func read(version: String, continueToken: String, jitter: Double) -> Action {
        guard case .listing(let token) = phase else { return next }
        guard continueToken.isEmpty else {
            // A token that does not change would lead round in a circle.
            guard continueToken != token else { return restartList(jitter) }
            (failures, breaks) = (0, 0)
            phase = .listing(token: continueToken)
            return next
        }
        guard !version.isEmpty else { return restartList(jitter) }
        failures = 0
        (breaks, expirations, hasAdvanced, isListed) = (0, 0, false, true)
        phase = .watching(version: version)
        return .complete(version: version)
    }

    /// An event or a bookmark was taken; the watch can be taken up behind it.
    mutating func advance(to version: String) {
        guard case .watching = phase, !version.isEmpty else { return }
        phase = .watching(version: version)
        (failures, breaks, hasAdvanced) = (0, 0, true)
    }

    /// A request ended; `jitter` is a random number from 0 to 1.
    mutating func end(_ outcome: Outcome, jitter: Double) -> Action {
        switch (phase, outcome) {
        case (.listing(let token), .status(410, _)):
            if !token.isEmpty { expirations += 1 }
            return restartList(jitter)
        case (.watching, .status(410, _)): return restartList(jitter)
        case (_, .status(401, _)): return .renewCredentials(wait: wait(jitter))
        case (_, .status(403, _)), (_, .status(404, _)):
            // What changes meanwhile is not seen: a new list tells.
            phase = .listing(token: "")
            return .wait(Self.jittered(Self.refusedWait, jitter))
        case (_, .status(let code, let after)):
            // Too many requests say nothing about the version that is watched from; other errors may.
            breaks += code == 429 ? 0 : 1
            if breaks >= Self.mostBreaks { phase = .listing(token: "") }
            let wait = wait(jitter)
            return .wait(max(wait, min(after ?? .zero, Self.longestRetryAfter)))
        case (.watching, .closed):
            defer { hasAdvanced = false }
            // A watch that ends at once without a word would be asked for again and again.
            return hasAdvanced ? next : .wait(Self.jittered(Self.firstWait, jitter))
        case (_, .broken), (.listing, .closed):
            breaks += 1
            guard breaks < Self.mostBreaks else { return restartList(jitter) }
            return .wait(wait(jitter))
        }
    }

    /// Begins again with a list, since what was told so far cannot be relied on.
    mutating func restartList(_ jitter: Double) -> Action {
        phase = .listing(token: "")
        breaks = 0
        return .wait(wait(jitter))
    }

    /// Twice as long each time, up to the longest, with up to as much again so that clients do not come all at once.
    private mutating func wait(_ jitter: Double) -> Duration {
        let doubled = Self.firstWait * (1 << min(failures, 6))
        failures += 1
        return Self.jittered(min(doubled, Self.longestWait), jitter)
    }

    private static func jittered(_ wait: Duration, _ jitter: Double) -> Duration { wait * (1 + jitter) }
}
