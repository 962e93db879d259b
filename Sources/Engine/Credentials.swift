import AppConfiguration
import Foundation
import HTTPTransport

/// Reads secrets from files and the environment; never from the command line, which every process can see.
struct Credentials {
    let environment: [String: String]

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// The token for the forge: the file that the settings name, else `LEASTWISE_FORGE_TOKEN`; nil if there is neither.
    func forgeToken(_ settings: Settings) throws -> Secret? {
        if let file = settings.forge.tokenFile { return try read(file, key: "forge.tokenFile") }
        return environment["LEASTWISE_FORGE_TOKEN"].flatMap(Self.secret)
    }

    /// The token for git over HTTP: its own file or `LEASTWISE_REPOSITORY_TOKEN`, else the forge's.
    func repositoryToken(_ settings: Settings) throws -> Secret? {
        if let file = settings.repository.tokenFile { return try read(file, key: "repository.tokenFile") }
        if let own = environment["LEASTWISE_REPOSITORY_TOKEN"].flatMap(Self.secret) { return own }
        return try forgeToken(settings)
    }

    private func read(_ file: String, key: String) throws -> Secret {
        guard let text = FileText.read(file) else {
            throw ConfigurationError(
                code: .unreadable, message: "\(key): the file \(file) cannot be read",
                hint: "check the path, and that this user may read it")
        }
        guard let secret = Self.secret(text) else {
            throw ConfigurationError(
                code: .badValue, message: "\(key): the file \(file) is empty", hint: "put the token in it, in one line")
        }
        return secret
    }

    private static func secret(_ text: String) -> Secret? {
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return token.isEmpty ? nil : Secret(token)
    }
}
