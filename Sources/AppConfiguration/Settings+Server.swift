extension Settings {
    /// How the service listens, and what it allows.
    package struct Server: Sendable, Equatable {
        package let host: String
        package let port: Int
        package let certificateFile: String?
        package let keyFile: String?
        package let clientCAFile: String?
        package let sendersFile: String?
        package let plainHTTP: Bool
        package let openMetrics: Bool
        package let commitDelay: Duration
        /// Bytes, decompressed.
        package let maximumBody: Int
        /// Bytes.
        package let bodyBuffer: Int
        package let maximumConnections: Int
        package let headerTimeout: Duration
        package let idleTimeout: Duration
        /// From here on a body has to keep to the minimum rate.
        package let bodyGrace: Duration
        package let minimumBytesPerSecond: Int
        package let drainTimeout: Duration
        package let logFormat: LogFormat
        /// As swift-log names it.
        package let logLevel: String

        /// The form of log lines.
        package enum LogFormat: String, Sendable, CaseIterable {
            case json, text
        }

        /// True where only this machine reaches the address.
        package var isLoopback: Bool {
            host == "localhost" || host == "::1"
                || (host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isNumber })
        }

        /// True where the service speaks TLS.
        package var usesTLS: Bool { certificateFile != nil }
    }
}

extension Settings.Server {
    init(_ values: ResolvedConfiguration) throws {
        (host, port) = try HostAndPort.parse("server.listen", values.text("server.listen") ?? "127.0.0.1:8429")
        certificateFile = try values.text("server.certificateFile")
        keyFile = try values.text("server.keyFile")
        clientCAFile = try values.text("server.clientCAFile")
        sendersFile = try values.text("server.sendersFile")
        plainHTTP = try values.flag("server.plainHTTP")
        openMetrics = try values.flag("server.openMetrics")
        commitDelay = .milliseconds(try values.number("server.commitMilliseconds", in: 0...10_000))
        maximumBody = try values.number("server.maximumBodyMebibytes", in: 1...1_048_576) << 20
        bodyBuffer = try values.number("server.bufferMebibytes", in: 16...65_536) << 20
        maximumConnections = try values.number("server.maximumConnections", in: 1...1_000_000)
        headerTimeout = .seconds(try values.number("server.headerSeconds", in: 1...3600))
        idleTimeout = .seconds(try values.number("server.idleSeconds", in: 1...86_400))
        bodyGrace = .seconds(try values.number("server.bodySeconds", in: 1...86_400))
        minimumBytesPerSecond = try values.number("server.minimumBytesPerSecond", in: 0...1_000_000_000)
        drainTimeout = .seconds(try values.number("server.drainSeconds", in: 0...3600))
        logFormat = LogFormat(rawValue: try values.text("log.format") ?? "") ?? .json
        logLevel = try values.text("log.level") ?? "info"
        try check()
    }

    /// What would let anybody in, or do nothing, is refused before the service starts.
    private func check() throws {
        if (certificateFile == nil) != (keyFile == nil) {
            throw ConfigurationError(
                code: .missing, message: "TLS takes both server.certificateFile and server.keyFile",
                hint: "set both, or neither")
        }
        if clientCAFile != nil, !usesTLS {
            throw ConfigurationError(
                code: .missing, message: "server.clientCAFile is of use with TLS alone",
                hint: "set server.certificateFile and server.keyFile")
        }
        guard !isLoopback else { return }
        if !usesTLS, !plainHTTP {
            throw ConfigurationError(
                code: .badValue, message: "server.listen: \(host) is reached by other machines, and TLS is not set up",
                hint:
                    "set server.certificateFile and server.keyFile; behind a proxy that ends TLS: server.plainHTTP: yes"
            )
        }
        if sendersFile == nil {
            throw ConfigurationError(
                code: .missing, message: "server.listen: \(host) is reached by other machines, and nobody may send",
                hint: "set server.sendersFile; `leastwise token` makes an entry for it")
        }
    }
}

/// `HOST:PORT`, with an IPv6 address in brackets.
enum HostAndPort {
    static func parse(_ key: String, _ text: String) throws -> (host: String, port: Int) {
        let separator = text.lastIndex(of: ":")
        let host = separator.map { String(text[..<$0]) } ?? ""
        let port = separator.flatMap { Int(text[text.index(after: $0)...]) } ?? -1
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard !bare.isEmpty, (0...65_535).contains(port), bare == host ? !bare.contains(":") : true else {
            throw ConfigurationError(
                code: .badValue, message: "\(key) cannot be '\(text)'",
                hint: "write HOST:PORT, such as 127.0.0.1:8429 or [::]:8429")
        }
        return (bare, port)
    }
}
