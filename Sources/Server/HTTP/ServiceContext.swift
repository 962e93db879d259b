import Hummingbird
import Logging
import NIOCore

/// What belongs to one request beside itself.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// The id that ties an answer to the lines of the log.
enum RequestID {
    /// The sender's own `X-Request-Id`, if it is short and harmless, else a new one.
    static func of(_ request: Request) -> String {
        let own = request.headers[values: .requestID].first ?? ""
        let isHarmless = own.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
        }
        if (1...64).contains(own.utf8.count), isHarmless { return own }
        let number = UInt64.random(in: .min ... .max)
        return String(number, radix: 16)
    }
}
