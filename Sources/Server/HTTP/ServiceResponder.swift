import HTTPTypes
import Hummingbird
import Ingest
import Logging

/// Finds the route, lets in who may come in, and turns every failure into an answer.
///
/// Paths are compared byte for byte, so that no spelling of one leads to another.
struct ServiceResponder: HTTPResponder {
    let handlers: RouteHandlers
    let authorizer: Authorizer
    let metrics: ServerMetrics
    let refusals: RefusalLog
    let logger: Logger

    /// The route of a request.
    private struct Match {
        let route: ServerRoute
        let source: IngestSource?
    }

    func respond(to request: Request, context: ServiceContext) async throws -> Response {
        let id = RequestID.of(request)
        var logger = logger
        logger[metadataKey: "request"] = "\(id)"
        let start = ContinuousClock.now
        var response: Response
        var route: ServerRoute?
        do {
            let match = try Self.match(request)
            route = match.route
            let principal = try await authorizer.authorize(match.route, source: match.source, request, context.channel)
            logger[metadataKey: "sender"] = "\(principal.name)"
            response = try await handlers.respond(
                RouteRequest(
                    route: match.route, source: match.source, principal: principal, id: id, request: request,
                    wantBody: { [channel = context.channel] in
                        channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
                    }))
        } catch let problem as Problem {
            metrics.refusals.add(1, problem.reason)
            refusals.note(problem, request, context, logger)
            response = problem.response(requestID: id)
        } catch  where !context.channel.isActive {
            // The sender left: there is nobody to answer.
            throw error
        } catch {
            logger.error("request failed", metadata: ["error": "\(error)"])
            response = Problem.failed.response(requestID: id)
        }
        response.headers[.requestID] = id
        // A body here would be read as the beginning of the next answer (RFC 9110, 9.3.2).
        if request.method == .head { response = response.createHeadResponse() }
        let status = response.status.code
        metrics.requests.add(1, route.map { "\($0)" } ?? "none", "\(status)")
        logger.debug(
            "request answered",
            metadata: [
                "route": "\(route?.rawValue ?? "none")", "status": "\(status)",
                "seconds": "\(start.duration(to: .now) / .seconds(1))",
            ])
        return response
    }

    private static func match(_ request: Request) throws -> Match {
        let path = request.head.path.map { $0.prefix { $0 != "?" } } ?? ""
        var allowed: [HTTPRequest.Method] = []
        for route in ServerRoute.allCases {
            guard let source = route.matches(path) else { continue }
            if request.method == route.method || (request.method == .head && route.method == .get) {
                return Match(route: route, source: source.name.flatMap { IngestSource(rawValue: $0) })
            }
            allowed.append(route.method)
        }
        guard allowed.isEmpty else {
            var problem = Problem(
                .methodNotAllowed, "other method", "Method not allowed", detail: "see the Allow header")
            problem.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
            throw problem
        }
        let sources = IngestSource.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem(
            .notFound, "no such path", "Not found",
            detail: "records go to /v1/observations/SOURCE, where SOURCE is one of: \(sources)")
    }
}

extension ServerRoute {
    /// The source's name in a path of this route, or no name for a route without; nil for another path.
    fileprivate func matches(_ path: some StringProtocol) -> (name: String?, Void)? {
        guard self == .observations else { return path == rawValue ? (nil, ()) : nil }
        let prefix = rawValue.prefix { $0 != "{" }
        guard path.hasPrefix(prefix) else { return nil }
        let name = String(path.dropFirst(prefix.count))
        return IngestSource(rawValue: name) == nil ? nil : (name, ())
    }
}

/// One request on its way to a handler.
struct RouteRequest {
    let route: ServerRoute
    let source: IngestSource?
    let principal: Principal
    /// The correlation id.
    let id: String
    let request: Request
    /// Tells a sender that waits for it to send the body (RFC 9110, 10.1.1).
    let wantBody: @Sendable () -> Void
}
