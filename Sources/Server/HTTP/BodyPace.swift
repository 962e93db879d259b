import NIOCore

/// How fast a body comes; while the service does not want to read, nobody is slow but the service.
struct BodyPace {
    var bytes = 0
    private var waited = TimeAmount.zero
    private var wantedSince: NIODeadline?

    init(isReadWanted: Bool) { wantedSince = isReadWanted ? .now() : nil }

    mutating func want(_ isWanted: Bool) {
        let now = NIODeadline.now()
        if let wantedSince { waited = waited + (now - wantedSince) }
        wantedSince = isWanted ? now : nil
    }

    /// Begins to count anew, so that what came long ago does not make up for what does not come now.
    mutating func restart() {
        bytes = 0
        waited = .zero
        if wantedSince != nil { wantedSince = .now() }
    }

    func isSlow(_ minimumBytesPerSecond: Int) -> Bool {
        guard minimumBytesPerSecond > 0 else { return false }
        let sinceThen = wantedSince.map { NIODeadline.now() - $0 } ?? .zero
        return Double(bytes) < Double((waited + sinceThen).nanoseconds) / 1e9 * Double(minimumBytesPerSecond)
    }
}
