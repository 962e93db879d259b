import FoundationEssentials
package import HTTPTransport

/// How a cluster's API is reached, and who asks there.
package struct KubernetesAccess: Sendable, Equatable {
    /// The URL before `/api`, without a slash at its end.
    package var server: String
    /// Where this comes from, for messages: a file with its context, or the service account.
    package var origin: String
    /// The namespace that the context or the service account names.
    package var namespace: String
    /// A PEM file with the authorities to trust, read for each connection.
    package var caFile: String?
    /// The authorities to trust, as PEM; it goes before `caFile`.
    package var caPEM: [UInt8]?
    /// The name that the server's certificate is checked against, where it is not the URL's host.
    package var serverName: String?
    /// The client certificate; nil for none.
    package var identity: ClientIdentity?
    /// What goes into `Authorization`.
    package var credentials: CredentialSource

    /// Makes an access.
    package init(server: String, origin: String, credentials: CredentialSource = .none) {
        self.server = server
        self.origin = origin
        self.credentials = credentials
        namespace = "default"
    }
}

/// Where a request's credentials come from.
package enum CredentialSource: Sendable, Equatable {
    /// Nothing besides the client certificate, if there is one.
    case none
    /// A bearer token that does not change.
    case token(Secret)
    /// A file with a bearer token, read for each request: a kubelet rotates it before it is an hour old.
    case tokenFile(String)
    /// A user's name and password.
    case basic(user: String, password: Secret)
    /// A program that prints credentials.
    case plugin(CredentialPlugin)
}

extension KubernetesAccess {
    /// Where a pod finds its service account (Kubernetes documentation, "Accessing the Kubernetes API from a Pod").
    package static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Finds the way to the cluster: the given or the environment's kubeconfig; the pod's service account; the
    /// kubeconfig in the home folder.
    ///
    /// - Parameters:
    ///   - kubeconfig: the files, in their order; nil for those of `KUBECONFIG`.
    ///   - context: the context in them; nil for the current one.
    package static func find(
        kubeconfig: [String]? = nil, context: String? = nil, environment: [String: String],
        serviceAccountFolder: String = serviceAccountFolder
    ) throws(KubernetesError) -> KubernetesAccess {
        let named = environment["KUBECONFIG"].map { $0.split(separator: ":").map(String.init) } ?? []
        let paths = kubeconfig ?? named
        if !paths.isEmpty { return try Kubeconfig(reading: paths).access(context: context) }
        if let pod = try inCluster(environment: environment, folder: serviceAccountFolder) { return pod }
        let usual = (environment["HOME"] ?? "") + "/.kube/config"
        guard FileManager.default.fileExists(atPath: usual) else {
            throw KubernetesError(
                code: .noCluster,
                message: "no cluster: neither a service account (\(serviceAccountFolder)) nor a kubeconfig (\(usual))",
                hint: "run in a pod with automountServiceAccountToken, or set KUBECONFIG")
        }
        return try Kubeconfig(reading: [usual]).access(context: context)
    }

    /// The service account of the pod that this runs in; nil outside of a cluster.
    package static func inCluster(
        environment: [String: String], folder: String = serviceAccountFolder
    ) throws(KubernetesError) -> KubernetesAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        let token = folder + "/token"
        _ = try CredentialFile.token(token)
        var access = KubernetesAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            origin: "service account in \(folder)",
            credentials: .tokenFile(token))
        access.caFile = folder + "/ca.crt"
        _ = try CredentialFile.bytes(folder + "/ca.crt")
        if let namespace = try? CredentialFile.text(folder + "/namespace"), !namespace.isEmpty {
            access.namespace = namespace
        }
        return access
    }
}

/// Reads files that hold credentials or certificates.
enum CredentialFile {
    /// Certificates and tokens are a few KiB, kubeconfigs of hundreds of clusters some MiB.
    private static let largest = 16 << 20

    static func bytes(_ path: String) throws(KubernetesError) -> [UInt8] {
        let found: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= largest else { throw CocoaError(.fileReadTooLarge) }
            found = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw KubernetesError(
                code: .unreadableFile, message: "\(path) cannot be read",
                hint: "check that the file is there, is no larger than 16 MiB, and may be read by this user")
        }
        return Array(found)
    }

    /// The file's text without white space around it.
    static func text(_ path: String) throws(KubernetesError) -> String {
        String(decoding: try bytes(path), as: UTF8.self).trimmed
    }

    static func token(_ path: String) throws(KubernetesError) -> Secret {
        let token = try text(path)
        guard !token.isEmpty else {
            throw KubernetesError(
                code: .unreadableFile, message: "\(path) holds no token",
                hint: "check what writes the file; a kubelet mounts one with automountServiceAccountToken")
        }
        return Secret(token)
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let start = drop(while: isSpace)
        return start.lastIndex { !isSpace($0) }.map { String(start[...$0]) } ?? ""
    }
}
