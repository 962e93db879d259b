extension Settings {
    /// What the service fetches by itself.
    package struct Sources: Sendable, Equatable {
        /// Paths of files and folders, and patterns.
        package let hubbleFiles: [String]
        package let auditFiles: [String]
        package let pollInterval: Duration
        /// Nil where nothing is pulled.
        package let relay: Relay?
        package let watch: Watch
        package let kubeconfig: String?
        package let context: String?

        /// Where Hubble Relay is.
        package struct Relay: Sendable, Equatable {
            package let host: String
            package let port: Int
            package let usesTLS: Bool
            package let serverName: String?
            package let caFile: String?
            package let certificateFile: String?
            package let keyFile: String?
        }

        /// Where the cluster's objects are watched.
        package enum Watch: String, Sendable, CaseIterable {
            case off, inCluster, kubeconfig
        }
    }
}

extension Settings.Sources {
    init(_ values: ResolvedConfiguration) throws {
        hubbleFiles = values.list("follow.hubble")
        auditFiles = values.list("follow.audit")
        pollInterval = .milliseconds(try values.number("follow.pollMilliseconds", in: 10...3_600_000))
        relay = try values.text("relay.address").map { try Relay(address: $0, values) }
        watch = Watch(rawValue: try values.text("kubernetes.watch") ?? "") ?? .off
        kubeconfig = try values.text("kubernetes.kubeconfig")
        context = try values.text("kubernetes.context")
    }
}

extension Settings.Sources.Relay {
    fileprivate init(address: String, _ values: ResolvedConfiguration) throws {
        (host, port) = try HostAndPort.parse("relay.address", address)
        usesTLS = try values.flag("relay.tls")
        serverName = try values.text("relay.serverName")
        caFile = try values.text("relay.caFile")
        certificateFile = try values.text("relay.certificateFile")
        keyFile = try values.text("relay.keyFile")
        if (certificateFile == nil) != (keyFile == nil) {
            throw ConfigurationError(
                code: .missing, message: "a certificate for Relay takes both relay.certificateFile and relay.keyFile",
                hint: "set both, or neither")
        }
    }
}
