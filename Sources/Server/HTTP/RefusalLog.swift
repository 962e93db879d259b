import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Logs refused requests, so many a second at most: who knocks all day must not fill a disk.
final class RefusalLog: Sendable {
    static let mostPerSecond = 20

    private struct State {
        var second = ContinuousClock.now
        var count = 0
        var silent = 0
    }

    private let state = Mutex(State())

    /// Logs a refusal: where it came from and what was wrong with it; no header, no body and no query of it.
    func note(_ problem: Problem, _ request: Request, _ context: ServiceContext, _ logger: Logger) {
        guard let silent = turn(.now) else { return }
        var metadata: Logger.Metadata = [
            "status": "\(problem.status.code)", "reason": "\(problem.reason)", "method": "\(request.method.rawValue)",
            "path": "\(Self.shown(request.head.path ?? ""))",
            "remote": "\(context.channel.remoteAddress?.ipAddress ?? "?")",
        ]
        if silent > 0 { metadata["notLogged"] = "\(silent)" }
        logger.log(level: problem.status.code >= 500 ? .warning : .info, "request refused", metadata: metadata)
    }

    /// How many were not logged since the last line; nil where this one is not to be logged either.
    func turn(_ now: ContinuousClock.Instant) -> Int? {
        state.withLock { state in
            if state.second.duration(to: now) >= .seconds(1) {
                state.second = now
                state.count = 0
            }
            state.count += 1
            guard state.count <= Self.mostPerSecond else {
                state.silent += 1
                return nil
            }
            defer { state.silent = 0 }
            return state.silent
        }
    }

    /// A path without its query, which may hold secrets, cut, and without anything but visible ASCII.
    static func shown(_ path: String) -> String {
        let bytes = path.utf8.prefix { $0 != UInt8(ascii: "?") }.prefix(200)
        return String(decoding: bytes.map { (33...126).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
