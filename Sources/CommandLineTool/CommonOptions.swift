import AppConfiguration
import ArgumentParser
import Domain
import Engine
import Store

/// The options that every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file. Default: leastwise.yaml in this folder, if there is one.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The store. Default: leastwise.db under the XDG state directory.", valueName: "path"))
    var database: String?

    @Option(help: ArgumentHelp("The cluster that the records come from.", valueName: "name"))
    var cluster: String?

    /// The settings of this run: flag, then environment, then file, then default.
    func settings(_ more: [String: String] = [:]) throws -> Settings {
        var flags = more
        if let database { flags["database"] = database }
        if let cluster { flags["cluster"] = cluster }
        return try SettingsLoader.load(configurationFile: config, flags: flags)
    }

    /// The store, for reading alone; an error with the next step if it is not there.
    func readStore(_ settings: Settings) throws -> Store {
        try Store.readOnly(path: try StorePath.resolve(settings.database))
    }

    /// The store, made if it is not there.
    func openStore(_ settings: Settings) throws -> Store {
        try Store(path: try StorePath.resolve(settings.database))
    }
}
