import HTTPTransport

extension ForgeSession {
    /// Method and path, for messages.
    func what(_ call: ForgeCall) -> String {
        "\(dialect.name): \(call.method) \(call.path)"
    }

    /// The error for an answer that is not 2xx.
    func error(_ response: HTTPResponse, of call: ForgeCall) -> ForgeError {
        let problem = ForgeProblem(response)
        let (code, hint) = meaning(response.status, problem)
        let text = redacted(problem.text)
        return ForgeError(
            code: code,
            message: "\(what(call)): status \(response.status)" + (text.isEmpty ? "" : ": \(text)"),
            hint: hint,
            status: response.status
        )
    }

    /// The error for a limit that lasts too long.
    func rateLimited(_ call: ForgeCall, wait: Duration) -> ForgeError {
        ForgeError(
            code: .rateLimited,
            message: "\(what(call)): rate limit, to be waited for \(wait.components.seconds) seconds",
            hint: "run it again later, or less often, or with a token of its own"
        )
    }

    private func meaning(_ status: Int, _ problem: ForgeProblem) -> (ForgeError.Code, String) {
        switch status {
        case 401:
            (.unauthorized, "check the token: it may have expired, been revoked, or belong to another forge")
        case 403 where problem.mentions("saml"):
            (.forbidden, "authorize the token for the organization's single sign-on")
        case 403 where problem.mentions("archived"), 423:
            (.forbidden, "the repository is archived: unarchive it or remove it from the configuration")
        case 403:
            (.forbidden, "give the token the missing right; it needs \(dialect.rights)")
        case 404, 410:
            (.notFound, "check repository.url, and that the token may see the repository")
        case 409:
            (.conflict, "run it again: something changed at the same time")
        case 400, 412, 413, 422:
            (.validation, validationHint(problem))
        case 500...:
            (.unavailable, "look at the forge's status page, then run it again")
        default:
            (.unexpectedAnswer, "check that forge.api is the API's root")
        }
    }

    private func validationHint(_ problem: ForgeProblem) -> String {
        let fields = Set(problem.details.compactMap(\.field))
        if fields.contains("head") { return "check that the proposal's branch was pushed to this repository" }
        if fields.contains("base") { return "check that repository.base names an existing branch" }
        if problem.mentions("no commits between") { return "the branch holds nothing new: there is nothing to propose" }
        return "see what the forge says; limits on titles, bodies and branch names are the usual reason"
    }
}
