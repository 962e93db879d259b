package import HTTPTransport

/// Which repository on which forge, and who asks.
package struct ForgeConfiguration: Sendable, Equatable {
    /// The API's root without a slash at its end, such as `https://api.github.com` or `https://host/api/v3`.
    package let api: String
    /// The repository.
    package let repository: RepositoryCoordinates
    /// The token that every request carries.
    package let token: Secret

    /// Makes a configuration; throws unless the address is plain http or https without user information or query.
    package init(api: String, repository: RepositoryCoordinates, token: Secret) throws {
        do {
            let url = try HTTPURL(api)
            guard ["http", "https"].contains(url.scheme), !api.contains("?"), !api.contains("#") else {
                throw Self.invalid("it is not a plain http or https address")
            }
            self.api = String(url.text.reversed().drop { $0 == "/" }.reversed())
        } catch let error as HTTPError {
            throw Self.invalid(error.message)
        }
        guard !token.isEmpty else {
            throw ForgeError(
                code: .configuration,
                message: "there is no token for the forge",
                hint: "set forge.tokenFile or LEASTWISE_FORGE_TOKEN"
            )
        }
        self.repository = repository
        self.token = token
    }

    private static func invalid(_ reason: String) -> ForgeError {
        ForgeError(
            code: .configuration,
            message: "forge.api cannot be used: \(reason)",
            hint:
                "write it as https://api.github.com, https://host/api/v3 (GitHub Enterprise) or https://host/api/v1 (Gitea)"
        )
    }
}

/// Where time comes from, so that tests need not wait.
package struct ForgeClock: Sendable {
    /// Time since 1970.
    package let now: @Sendable () -> Duration
    /// Waits; throws when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    /// Makes a clock.
    package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }
}
