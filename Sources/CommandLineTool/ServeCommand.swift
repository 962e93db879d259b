import ArgumentParser
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract:
            "Take records over HTTP, follow files, Hubble Relay and the cluster's objects, and learn on schedule.",
        discussion: "It runs until SIGTERM or SIGINT. SIGHUP reads certificates, senders and settings again.")

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Address and port. Default: 127.0.0.1:8429.", valueName: "host:port"))
    var listen: String?

    func run() async throws {
        let (common, flags) = (common, listen.map { ["server.listen": $0] } ?? [:])
        let settings = try common.settings(flags)
        try await IngestService(
            settings: settings, reload: { try common.settings(flags) }, store: try common.openStore(settings)
        ).run()
    }
}
