import HTTPTypes

/// Everything that the service answers. What is not here is 404.
///
/// The router is built from these cases and a test asks each of them without, with wrong and with others' credentials, so
/// that a new route cannot be forgotten.
enum ServerRoute: String, CaseIterable, Sendable {
    case observations = "/v1/observations/{source}"
    case learn = "/v1/learn"
    case status = "/v1/status"
    case metrics = "/metrics"
    case liveness = "/livez"
    case readiness = "/readyz"

    /// Who may ask.
    enum Access: Hashable, Sendable {
        /// Anybody: the answer says no more than that the service runs.
        case anybody
        /// Who may send the source in the path.
        case sourceOfPath
        /// Who has been given this.
        case permission(Permission)

        enum Permission: String, Sendable {
            case metrics, status, learn
        }
    }

    var method: HTTPRequest.Method {
        switch self {
        case .observations, .learn: .post
        case .status, .metrics, .liveness, .readiness: .get
        }
    }

    var access: Access {
        switch self {
        case .observations: .sourceOfPath
        case .learn: .permission(.learn)
        case .status: .permission(.status)
        case .metrics: .permission(.metrics)
        case .liveness, .readiness: .anybody
        }
    }
}
