package import AppConfiguration
import Foundation

/// Finds and reads the configuration file, and applies flags and environment.
package enum SettingsLoader {
    /// Loads the settings of a run. Throws if a file that was named does not exist, or if anything in it is wrong.
    package static func load(
        configurationFile: String?, flags: [String: String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Settings {
        let named = configurationFile ?? environment["LEASTWISE_CONFIG"]
        let file = try read(named)
        return try Settings(ResolvedConfiguration(flags: flags, environment: environment, file: file))
    }

    private static func read(_ named: String?) throws -> ConfigurationFile {
        let path = named ?? "leastwise.yaml"
        guard let data = FileManager.default.contents(atPath: path) else {
            guard let named else { return .empty }
            throw ConfigurationError(
                code: .unreadable, message: "the configuration file \(named) cannot be read",
                hint: "check the path and the file's permissions")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError(code: .notYAML, message: "\(path) is not UTF-8", hint: "save it as UTF-8")
        }
        return try ConfigurationFile(parsing: text, name: path)
    }
}

/// Where the store is.
package enum StorePath {
    /// The configured path, or `leastwise/leastwise.db` under the XDG state directory (XDG Base Directory Specification).
    package static func resolve(
        _ configured: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> String {
        if let configured {
            guard !configured.contains("://") else {
                throw ConfigurationError(
                    code: .badValue, message: "database '\(configured)' is an address of a server",
                    hint: "this version keeps its store in a file: give a path")
            }
            return configured
        }
        return try XDG.folder("XDG_STATE_HOME", fallback: ".local/state", environment) + "/leastwise/leastwise.db"
    }
}

/// The folders of the XDG Base Directory Specification.
enum XDG {
    static func folder(_ variable: String, fallback: String, _ environment: [String: String]) throws -> String {
        if let set = environment[variable], set.hasPrefix("/") { return set }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw ConfigurationError(
                code: .missing, message: "neither \(variable) nor HOME is set",
                hint: "set one, or give the path in the configuration")
        }
        return "\(home)/\(fallback)"
    }
}
