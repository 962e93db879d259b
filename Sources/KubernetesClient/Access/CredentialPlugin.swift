import Foundation
import HTTPTransport

/// A program that prints an `ExecCredential` (Kubernetes documentation, "client-go credential plugins").
package struct CredentialPlugin: Sendable, Equatable {
    /// What a plugin printed.
    struct Credentials: Sendable {
        var token: Secret?
        var identity: ClientIdentity?
        /// From when on it has to be asked again; nil where it did not say.
        var expiration: Date?
    }

    private let apiVersion: String
    private let command: String
    private let arguments: [String]
    private let environment: [String: Secret]
    private let installHint: String
    private let origin: String
    /// The input in `KUBERNETES_EXEC_INFO`.
    private let info: Secret

    /// How long a plugin may take; one that asks a person takes longer, and is of no use to a service.
    package var timeLimit: Duration = .seconds(30)

    init(
        _ exec: KubeconfigUser.Exec, command path: (String) -> String, origin: String, cluster: KubeconfigCluster?,
        access: KubernetesAccess
    ) throws(KubernetesError) {
        apiVersion = exec.apiVersion ?? ""
        guard ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].contains(apiVersion) else {
            throw KubernetesError(
                code: .notSupported, message: "\(origin): the plugin's apiVersion '\(apiVersion)' is not supported",
                hint: "update the plugin and its kubeconfig to client.authentication.k8s.io/v1")
        }
        guard let command = exec.command, !command.isEmpty else {
            throw KubernetesError(
                code: .badKubeconfig, message: "\(origin): the plugin has no command",
                hint: "set users[].user.exec.command")
        }
        guard exec.interactiveMode != "Always" else {
            throw KubernetesError(
                code: .notSupported, message: "\(origin): the plugin asks a person (interactiveMode: Always)",
                hint: "use credentials that need nobody, such as a service account's token")
        }
        // With a slash it is a path beside the kubeconfig, without one a program of the search path.
        self.command = command.contains("/") ? path(command) : command
        arguments = exec.args ?? []
        environment = Dictionary(
            (exec.env ?? []).map { ($0.name, Secret($0.value ?? "")) }, uniquingKeysWith: { $1 })
        installHint = exec.installHint.map { String($0.prefix(500)) } ?? ""
        self.origin = origin
        info = Secret(Self.info(apiVersion, cluster, access))
    }

    /// Runs the program and waits for it, for the time limit at most.
    func credentials(environment base: [String: String]) throws(KubernetesError) -> Credentials {
        var variables = base
        for (name, value) in environment { variables[name] = value.reveal() }
        variables["KUBERNETES_EXEC_INFO"] = info.reveal()
        let output: [UInt8]
        do {
            output = try BoundedProcess(command, arguments, environment: variables).output(within: timeLimit)
        } catch {
            throw failure(error.problem)
        }
        guard let parsed = try? JSONDecoder().decode(ExecCredential.self, from: Data(output)),
            parsed.kind == "ExecCredential", parsed.apiVersion == apiVersion, let status = parsed.status
        else { throw failure("it printed no ExecCredential of \(apiVersion)") }
        var credentials = Credentials()
        credentials.token = status.token.flatMap { $0.isEmpty ? nil : Secret($0) }
        if let certificate = status.clientCertificateData, let key = status.clientKeyData {
            credentials.identity = .pem(certificate: Array(certificate.utf8), key: Secret(key))
        }
        guard credentials.token != nil || credentials.identity != nil else {
            throw failure("it printed neither a token nor a certificate with its key")
        }
        credentials.expiration = status.expirationTimestamp.flatMap { try? Date($0, strategy: .iso8601) }
        return credentials
    }

    /// What it printed to its error output may hold secrets, and is not shown.
    private func failure(_ problem: String) -> KubernetesError {
        KubernetesError(
            code: .pluginFailed, message: "\(origin): credential plugin \(command): \(problem)",
            hint: installHint.isEmpty ? "run it by hand as this user, and see what it says" : installHint)
    }

    private static func info(_ version: String, _ cluster: KubeconfigCluster?, _ access: KubernetesAccess) -> String {
        let details = cluster.map { _ in
            ExecInfo.Cluster(
                server: access.server, tlsServerName: access.serverName,
                certificateAuthorityData: (access.caPEM ?? access.caFile.flatMap { try? CredentialFile.bytes($0) })
                    .map { Data($0).base64EncodedString() })
        }
        let info = ExecInfo(apiVersion: version, spec: ExecInfo.Spec(cluster: details))
        return (try? JSONEncoder().encode(info)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// What a plugin is told.
private struct ExecInfo: Encodable {
    struct Spec: Encodable {
        let interactive = false
        let cluster: Cluster?
    }

    struct Cluster: Encodable {
        let server: String
        let tlsServerName: String?
        let certificateAuthorityData: String?

        private enum CodingKeys: String, CodingKey {
            case server
            case tlsServerName = "tls-server-name"
            case certificateAuthorityData = "certificate-authority-data"
        }
    }

    let kind = "ExecCredential"
    let apiVersion: String
    let spec: Spec
}

/// What a plugin prints.
private struct ExecCredential: Decodable {
    struct Status: Decodable {
        let token: String?
        let clientCertificateData: String?
        let clientKeyData: String?
        let expirationTimestamp: String?
    }

    let kind: String?
    let apiVersion: String?
    let status: Status?
}
