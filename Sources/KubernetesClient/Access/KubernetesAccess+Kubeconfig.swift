import FoundationEssentials
import HTTPTransport

extension KubernetesAccess {
    /// The way to a kubeconfig's cluster, without a user.
    init(_ entry: Kubeconfig.Entry<KubeconfigCluster>, origin: String) throws(KubernetesError) {
        let cluster = entry.value
        var server = cluster.server ?? ""
        while server.hasSuffix("/") { server.removeLast() }
        guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw KubernetesError(
                code: .badKubeconfig, message: "\(origin): the cluster has no server URL",
                hint: "set it: `kubectl config set-cluster NAME --server=https://host:6443`")
        }
        guard cluster.insecureSkipTLSVerify != true else {
            throw KubernetesError(
                code: .notSupported,
                message: "\(origin): insecure-skip-tls-verify would give the token to whoever answers; it is refused",
                hint: "take it out, and name the server's authority in certificate-authority(-data)")
        }
        guard (cluster.proxyURL ?? "").isEmpty else {
            throw KubernetesError(
                code: .notSupported, message: "\(origin): proxy-url is not supported",
                hint: "take it out, and set the environment's HTTPS_PROXY")
        }
        self.init(server: server, origin: origin)
        serverName = cluster.tlsServerName.flatMap { $0.isEmpty ? nil : $0 }
        if let data = cluster.certificateAuthorityData, !data.isEmpty {
            caPEM = try Self.decoded(data, "certificate-authority-data", origin)
        } else if let file = cluster.certificateAuthority, !file.isEmpty {
            caFile = entry.path(file)
            _ = try CredentialFile.bytes(entry.path(file))
        }
    }

    /// Adds a kubeconfig's user.
    mutating func setUser(
        _ entry: Kubeconfig.Entry<KubeconfigUser>, cluster: KubeconfigCluster
    ) throws(KubernetesError) {
        let user = entry.value
        try refuse(user.impersonate, "impersonation (`as`)", "give the rights to the user itself")
        try refuse(user.authProvider?.name, "auth-provider", "use the provider's credential plugin (`exec`)")
        try setIdentity(entry)
        // The order of client-go: a plugin counts only where there is neither token nor certificate.
        if let file = user.tokenFile, !file.isEmpty {
            credentials = .tokenFile(entry.path(file))
            _ = try CredentialFile.token(entry.path(file))
        } else if let token = user.token, !token.isEmpty {
            credentials = .token(Secret(token))
        } else if let name = user.username, !name.isEmpty {
            credentials = .basic(user: name, password: Secret(user.password ?? ""))
        } else if let exec = user.exec, identity == nil {
            let info = exec.provideClusterInfo == true ? cluster : nil
            credentials = .plugin(
                try CredentialPlugin(exec, command: entry.path, origin: origin, cluster: info, access: self))
        }
        try refusePlainHTTP()
    }

    /// Credentials go over plain HTTP to this machine only, as to `kubectl proxy`.
    private func refusePlainHTTP() throws(KubernetesError) {
        guard credentials != .none, server.hasPrefix("http://"), let host = try? HTTPURL(server).host,
            !["localhost", "127.0.0.1", "[::1]"].contains(host)
        else { return }
        throw KubernetesError(
            code: .notSupported, message: "\(origin): \(server) would get the credentials in clear text",
            hint: "use the server's https URL")
    }

    private mutating func setIdentity(_ entry: Kubeconfig.Entry<KubeconfigUser>) throws(KubernetesError) {
        let user = entry.value
        func bytes(_ data: String?, _ file: String?, _ key: String) throws(KubernetesError) -> [UInt8]? {
            if let data, !data.isEmpty { return try Self.decoded(data, key + "-data", origin) }
            guard let file, !file.isEmpty else { return nil }
            return try CredentialFile.bytes(entry.path(file))
        }
        let certificate = try bytes(user.clientCertificateData, user.clientCertificate, "client-certificate")
        let key = try bytes(user.clientKeyData, user.clientKey, "client-key")
        guard (certificate == nil) == (key == nil) else {
            throw KubernetesError(
                code: .badKubeconfig,
                message: "\(origin): a client certificate needs its key, and a key its certificate",
                hint: "set both client-certificate(-data) and client-key(-data)")
        }
        guard let certificate, let key else { return }
        let areFiles = (user.clientCertificateData ?? "").isEmpty && (user.clientKeyData ?? "").isEmpty
        if areFiles, let file = user.clientCertificate, let keyFile = user.clientKey {
            // As files they may be exchanged while this runs.
            identity = .files(certificate: entry.path(file), key: entry.path(keyFile))
        } else {
            identity = .pem(certificate: certificate, key: Secret(String(decoding: key, as: UTF8.self)))
        }
    }

    private func refuse(_ value: String?, _ what: String, _ hint: String) throws(KubernetesError) {
        guard let value, !value.isEmpty else { return }
        throw KubernetesError(code: .notSupported, message: "\(origin): \(what) is not supported", hint: hint)
    }

    private static func decoded(
        _ text: String, _ key: String, _ origin: String
    ) throws(KubernetesError) -> [UInt8] {
        guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
            throw KubernetesError(
                code: .badKubeconfig, message: "\(origin): \(key) is not base64",
                hint: "write the file's contents with `base64 -w0`")
        }
        return Array(data)
    }
}
