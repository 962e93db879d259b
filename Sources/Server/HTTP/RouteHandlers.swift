import Hummingbird
import NIOCore

/// What the routes do.
struct RouteHandlers: Sendable {
    let observations: ObservationsHandler
    let metrics: ServerMetrics
    let readiness: Readiness
    let status: @Sendable () async throws -> StatusDocument
    let learn: @Sendable () async throws -> LearnAnswer

    func respond(_ request: RouteRequest) async throws -> Response {
        switch request.route {
        case .observations: return try await observations.respond(request)
        case .learn: return Self.json(try await learn(), status: .accepted)
        case .status: return Self.json(try await status())
        case .metrics:
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
        case .liveness: return Self.text(.ok, "ok\n")
        case .readiness:
            let obstacles = await readiness.obstacles()
            guard !obstacles.isEmpty else { return Self.text(.ok, "ok\n") }
            return Self.text(.serviceUnavailable, obstacles.map { $0 + "\n" }.joined())
        }
    }

    static func json(_ document: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(document) + [UInt8(ascii: "\n")])))
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Whether the service can take records now. Says nothing of why to whom is not allowed to know: short words.
struct Readiness: Sendable {
    let intake: Intake

    /// What is in the way; nothing where the service is ready.
    func obstacles() async -> [String] {
        var obstacles: [String] = []
        if intake.isDraining { obstacles.append("shutting down") }
        if await intake.committer.problem != nil { obstacles.append("the store cannot be written") }
        return obstacles
    }
}
