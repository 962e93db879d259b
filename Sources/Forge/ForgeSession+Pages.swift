import HTTPTransport

/// How a forge says that there is more.
enum Paging: Sendable {
    /// By `Link` with `rel="next"`.
    case link
    /// By `X-Total-Count`, or not at all: pages are counted until one is empty.
    case number
}

extension ForgeSession {
    private static let maxPages = 500

    /// All items that pass, over all pages; ends early when `isEnough` says so.
    func items<Item: Decodable>(
        _ first: ForgeCall,
        paging: Paging,
        where passes: (Item) -> Bool = { _ in true },
        isEnough: ([Item]) -> Bool = { _ in false }
    ) async throws -> [Item] {
        var items: [Item] = []
        var seen = 0
        var call = first
        for page in 1...Self.maxPages {
            if paging == .number { call.query = first.query + "&page=\(page)" }
            let response = try await send(call)
            let received: [Item] = try decode(response, of: call)
            seen += received.count
            items += received.filter(passes)
            guard !received.isEmpty, !isEnough(items) else { return items }
            switch paging {
            case .number:
                if let total = response.headers["X-Total-Count"].flatMap(Int.init), seen >= total { return items }
            case .link:
                let next = response.headers["Link"].flatMap(LinkHeader.nextQuery)
                guard let next, next != call.query else { return items }
                call.query = next
            }
        }
        throw ForgeError(
            code: .unexpectedAnswer,
            message: "\(what(first)): more than \(Self.maxPages) pages",
            hint: "check that forge.api is the API's root and no cache repeats its answers"
        )
    }
}
