extension ConfigurationKey {
    /// The keys of `leastwise serve`.
    static let service: [ConfigurationKey] = server + sources + upkeep

    private static let server: [ConfigurationKey] = [
        key("server.listen", .text, "127.0.0.1:8429", "address and port of the service"),
        key("server.certificateFile", .text, nil, "PEM file with the service's certificate and its chain, for TLS"),
        key("server.keyFile", .text, nil, "PEM file with the certificate's key"),
        key(
            "server.clientCAFile", .text, nil, "PEM file with the authorities of senders' certificates, for mutual TLS"),
        key("server.sendersFile", .text, nil, "file that says who may send what; see docs/SERVING.md"),
        key("server.plainHTTP", .flag, "no", "serve without TLS on an address that other machines reach"),
        key("server.openMetrics", .flag, "no", "answer /metrics without credentials on such an address"),
        key(
            "server.commitMilliseconds", .number, "200",
            "the longest that a record waits for others to be committed with"),
        key("server.maximumBodyMebibytes", .number, "1024", "largest body of a request, decompressed"),
        key("server.bufferMebibytes", .number, "48", "memory for bodies that are being received"),
        key("server.maximumConnections", .number, "4096", "connections at the same time"),
        key(
            "server.headerSeconds", .number, "10", "how long a request's head may take, and the TLS handshake before it"
        ),
        key("server.idleSeconds", .number, "75", "how long a connection may wait between two requests"),
        key("server.bodySeconds", .number, "60", "in each such time a body has to keep to the minimum rate"),
        key("server.minimumBytesPerSecond", .number, "1024", "minimum average rate of a body, in each such time"),
        key("server.drainSeconds", .number, "25", "how long a shutdown waits for requests in progress"),
        key("log.format", .choice(["json", "text"]), "json", "form of the service's log lines, on standard error"),
        key(
            "log.level", .choice(["trace", "debug", "info", "notice", "warning", "error"]), "info", "least level logged"
        ),
    ]

    private static let sources: [ConfigurationKey] = [
        key("follow.hubble", .list, "", "files, folders or patterns of Hubble's exporter to follow"),
        key("follow.audit", .list, "", "files, folders or patterns of the API server's audit log to follow"),
        key("follow.pollMilliseconds", .number, "1000", "how often followed files are looked at"),
        key("relay.address", .text, nil, "HOST:PORT of Hubble Relay; nothing is pulled where it is not set"),
        key("relay.tls", .flag, "yes", "speak TLS with Hubble Relay"),
        key("relay.serverName", .text, nil, "name in Relay's certificate, where it is not the host of relay.address"),
        key("relay.caFile", .text, nil, "PEM file with the authorities of Relay's certificate"),
        key("relay.certificateFile", .text, nil, "PEM file with the certificate shown to Relay"),
        key("relay.keyFile", .text, nil, "PEM file with that certificate's key"),
        key(
            "kubernetes.watch", .choice(["off", "inCluster", "kubeconfig"]), "off",
            "where the objects of the cluster are watched"),
        key(
            "kubernetes.kubeconfig", .text, nil, "kubeconfig file; KUBECONFIG, then ~/.kube/config where it is not set"),
        key("kubernetes.context", .text, nil, "context of the kubeconfig; its current one where it is not set"),
    ]

    private static let upkeep: [ConfigurationKey] = [
        key(
            "schedule.learn", .text, nil,
            "when to learn and propose: an interval such as 6h, or a cron expression in UTC"),
        key("schedule.jitterSeconds", .number, "60", "a run starts up to so much later, at random"),
        key("retention.days", .number, "400", "what was last seen longer ago is forgotten"),
        key("retention.minimumDays", .number, "120", "what the store's size never makes forgotten"),
        key("retention.maximumMebibytes", .number, "10240", "bound on the store's file"),
        key("retention.receiptHours", .number, "48", "how long an Idempotency-Key is remembered"),
    ]
}
