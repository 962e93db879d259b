import FoundationEssentials
import HTTPTransport

/// What differs between forges on the level of requests.
struct ForgeDialect: Sendable {
    /// For messages.
    let name: String
    let headers: HTTPHeaders
    let credentials: @Sendable (Secret) -> HTTPCredentials
    /// The distance between two writes.
    let writeDistance: Duration
    /// The rights that a token needs, for hints.
    let rights: String
}

/// Sends requests to one forge: credentials, patience, one write at a time, errors in the product's words.
struct ForgeSession: Sendable {
    let configuration: ForgeConfiguration
    let dialect: ForgeDialect
    let rules: RetryRules
    let clock: ForgeClock
    private let http: HTTPClient
    private let gate: WriteGate
    private let redaction: Redaction

    init(
        _ configuration: ForgeConfiguration,
        dialect: ForgeDialect,
        http: HTTPClient,
        rules: RetryRules,
        clock: ForgeClock
    ) {
        self.configuration = configuration
        self.dialect = dialect
        self.rules = rules
        self.clock = clock
        self.http = http
        gate = WriteGate(distance: dialect.writeDistance, clock: clock)
        redaction = Redaction(secrets: [configuration.token])
    }

    /// The answer of any status once patience is through with it; throws where there is no answer.
    func send(_ call: ForgeCall) async throws -> HTTPResponse {
        guard call.effect != .read else { return try await sendPatiently(call) }
        return try await gate.pass { try await sendPatiently(call) }
    }

    /// The decoded answer of a 2xx status; throws for any other.
    func value<Value: Decodable>(_ call: ForgeCall, as type: Value.Type = Value.self) async throws -> Value {
        try decode(try await send(call), of: call)
    }

    /// Decodes a 2xx answer.
    func decode<Value: Decodable>(_ response: HTTPResponse, of call: ForgeCall) throws -> Value {
        guard response.isSuccess else { throw error(response, of: call) }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(response.body))
        } catch {
            throw ForgeError(
                code: .unexpectedAnswer,
                message: "\(what(call)): the answer is not \(dialect.name)'s API (\(Self.place(of: error)))",
                hint: "check that forge.api is the API's root, not a web page or a login page",
                status: response.status
            )
        }
    }

    /// Pauses between two looks at a forge that may lag behind.
    func pause(_ attempt: Int) async throws {
        try await clock.sleep(rules.pause(attempt))
    }

    /// The text without the token.
    func redacted(_ text: String) -> String {
        redaction(text)
    }

    private func sendPatiently(_ call: ForgeCall) async throws -> HTTPResponse {
        var pauses = 0
        var attempt = 0
        while true {
            let outcome = await sendOnce(call)
            let verdict = rules.verdict(outcome, of: call, attempt: attempt, pauses: pauses, now: clock.now())
            switch verdict {
            case .accept:
                return try unwrapped(outcome, of: call)
            case .giveUp(let wait):
                throw rateLimited(call, wait: wait)
            case .retry(let wait):
                // A rate limit does not use up the tries for other faults.
                if case .success(let response) = outcome, RateLimit(response, now: .zero) != nil {
                    pauses += 1
                } else {
                    attempt += 1
                }
                try await clock.sleep(wait)
            }
        }
    }

    private func sendOnce(_ call: ForgeCall) async -> Result<HTTPResponse, HTTPError> {
        var request = HTTPRequest(
            method: call.method,
            url: configuration.api + call.path + (call.query.isEmpty ? "" : "?" + call.query),
            headers: dialect.headers,
            credentials: dialect.credentials(configuration.token)
        )
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        do throws(HTTPError) {
            return .success(try await http.response(for: request))
        } catch {
            return .failure(error)
        }
    }

    private func unwrapped(_ outcome: Result<HTTPResponse, HTTPError>, of call: ForgeCall) throws -> HTTPResponse {
        switch outcome {
        case .success(let response):
            return response
        case .failure(let error) where error.code == .cancelled:
            throw CancellationError()
        case .failure(let error):
            throw ForgeError(
                code: error.code == .invalidRequest ? .configuration : .unavailable,
                message: "\(dialect.name): \(redaction(error.message))",
                hint: error.hint,
                underlying: error
            )
        }
    }

    /// Where decoding stopped; the document itself stays out of messages.
    private static func place(of error: any Error) -> String {
        let context: DecodingError.Context? =
            switch error as? DecodingError {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            default: nil
            }
        let path = context?.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue } ?? []
        return path.isEmpty ? "no JSON of the expected kind" : "at \(path.joined(separator: "."))"
    }
}
