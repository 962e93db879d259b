import AppConfiguration
import Forge
import Foundation
import GitWriter
import HTTPTransport

/// Opens what the settings name: the repository, and the forge.
struct Connections {
    let settings: Settings
    let credentials: Credentials

    init(_ settings: Settings, credentials: Credentials = Credentials()) {
        self.settings = settings
        self.credentials = credentials
    }

    /// The repository's cache, locked for this run.
    func repository() throws -> GitRepository {
        guard let url = settings.repository.url else {
            throw EngineError(
                code: .missingSetting, message: "no repository is configured",
                hint: "set repository.url in leastwise.yaml to the GitOps repository")
        }
        let cache =
            try settings.repository.cache
            ?? XDG.folder("XDG_CACHE_HOME", fallback: ".cache", credentials.environment) + "/leastwise"
        return try GitRepository(
            RepositoryLocation(
                url: url, cacheDirectory: cache, credentials: try gitCredentials(), network: policy,
                sshKnownHosts: settings.repository.knownHostsFile))
    }

    /// The forge; nil where none is configured.
    func forge() throws -> (any ForgeClient)? {
        guard settings.forge.kind != .none else { return nil }
        guard let token = try credentials.forgeToken(settings) else {
            throw EngineError(
                code: .missingSetting, message: "there is no token for the forge",
                hint: "set forge.tokenFile, or LEASTWISE_FORGE_TOKEN in the environment")
        }
        let repository = try coordinates()
        let configuration = try ForgeConfiguration(
            api: settings.forge.api ?? defaultAPI(repository.host), repository: repository, token: token)
        let client = HTTPClient(policy: policy)
        switch settings.forge.kind {
        case .github: return GitHubClient(configuration, http: client)
        case .gitea, .forgejo: return GiteaClient(configuration, http: client)
        case .none: return nil
        }
    }

    private var policy: HTTPPolicy {
        HTTPPolicy(
            totalTimeout: .seconds(settings.repository.timeoutSeconds), caFile: settings.repository.caFile)
    }

    private func gitCredentials() throws -> GitCredentials {
        if let key = settings.repository.sshKeyFile { return .sshKey(path: key, passphrase: nil) }
        let isHTTP = settings.repository.url?.hasPrefix("http") ?? false
        guard isHTTP, let token = try credentials.repositoryToken(settings) else { return .none }
        // GitHub takes any token under this name, and Gitea a token under any name.
        return .token(user: settings.repository.username ?? "x-access-token", token)
    }

    private func coordinates() throws -> RepositoryCoordinates {
        guard let name = settings.forge.repository else {
            return try RepositoryCoordinates(gitURL: settings.repository.url ?? "")
        }
        let host = settings.forge.api.flatMap { URL(string: $0)?.host() } ?? "localhost"
        return try RepositoryCoordinates(gitURL: "https://\(host)/\(name)")
    }

    private func defaultAPI(_ host: String) -> String {
        switch settings.forge.kind {
        case .github: host == "github.com" ? "https://api.github.com" : "https://\(host)/api/v3"
        case .gitea, .forgejo, .none: "https://\(host)/api/v1"
        }
    }
}
