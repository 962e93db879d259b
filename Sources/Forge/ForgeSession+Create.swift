/// What one try to open a pull request came to.
enum CreateOutcome: Sendable {
    case created(PullRequest)
    /// The forge says that there is one.
    case exists(ForgeError)
    /// No clear answer: the forge may have acted.
    case lost(ForgeError)
}

extension ForgeSession {
    private static let maxTries = 3
    private static let maxLooks = 4

    /// Opens a pull request at most once: after "exists" and after a lost answer it looks before it tries again.
    func open(
        _ new: NewPullRequest,
        post: () async throws -> CreateOutcome,
        find: () async throws -> PullRequest?
    ) async throws -> (pullRequest: PullRequest, existedBefore: Bool) {
        var lost: ForgeError?
        for attempt in 0..<Self.maxTries {
            switch try await post() {
            case .created(let pullRequest):
                return (pullRequest, false)
            case .exists(let error):
                guard let found = try await look(find) else { throw error }
                return (found, lost == nil || found.title != new.title)
            case .lost(let error):
                lost = error
                if let found = try await find() { return (found, found.title != new.title) }
                try await pause(attempt)
            }
        }
        throw lost ?? ForgeError(code: .unavailable, message: "no try was made", hint: "report this as a bug")
    }

    /// Looks for what the forge says is there; its lists may lag behind.
    private func look(_ find: () async throws -> PullRequest?) async throws -> PullRequest? {
        for attempt in 0..<Self.maxLooks {
            if attempt > 0 { try await pause(attempt - 1) }
            if let found = try await find() { return found }
        }
        return nil
    }

    /// Asks for labels or reviewers one request at a time; refusals become warnings.
    ///
    /// Names refused together are tried one by one, so that one unknown name does not cost the others.
    func bestEffort(_ what: String, _ names: [String], _ apply: ([String]) async throws -> Void) async throws
        -> [String]
    {
        guard !names.isEmpty else { return [] }
        do {
            try await apply(names)
            return []
        } catch let error as ForgeError where names.count == 1 || ![.validation, .notFound].contains(error.code) {
            return ["\(what) \(names.joined(separator: ", ")): \(error)"]
        } catch is ForgeError {
            var warnings: [String] = []
            for name in names {
                warnings += try await bestEffort(what, [name], apply)
            }
            return warnings
        }
    }
}
