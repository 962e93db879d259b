/// One kubeconfig as it stands in its file (k8s.io/client-go/tools/clientcmd/api/v1, `Config`); other keys are passed over.
struct KubeconfigFile: Decodable {
    struct NamedCluster: Decodable {
        let name: String
        let cluster: KubeconfigCluster?
    }

    struct NamedUser: Decodable {
        let name: String
        let user: KubeconfigUser?
    }

    struct NamedContext: Decodable {
        let name: String
        let context: KubeconfigContext?
    }

    let currentContext: String?
    let clusters: [NamedCluster]?
    let users: [NamedUser]?
    let contexts: [NamedContext]?

    private enum CodingKeys: String, CodingKey {
        case currentContext = "current-context"
        case clusters, users, contexts
    }
}

/// A context: which user asks which cluster.
struct KubeconfigContext: Decodable {
    let cluster: String?
    let user: String?
    let namespace: String?
}

/// A cluster's address, and how its server is known.
struct KubeconfigCluster: Decodable {
    let server: String?
    let tlsServerName: String?
    let insecureSkipTLSVerify: Bool?
    let certificateAuthority: String?
    let certificateAuthorityData: String?
    let proxyURL: String?

    private enum CodingKeys: String, CodingKey {
        case server
        case tlsServerName = "tls-server-name"
        case insecureSkipTLSVerify = "insecure-skip-tls-verify"
        case certificateAuthority = "certificate-authority"
        case certificateAuthorityData = "certificate-authority-data"
        case proxyURL = "proxy-url"
    }
}

/// A user's credentials, one way or another.
struct KubeconfigUser: Decodable {
    let clientCertificate: String?
    let clientCertificateData: String?
    let clientKey: String?
    let clientKeyData: String?
    let token: String?
    let tokenFile: String?
    let username: String?
    let password: String?
    let impersonate: String?
    let authProvider: AuthProvider?
    let exec: Exec?

    struct AuthProvider: Decodable {
        let name: String?
    }

    /// A credential plugin's command.
    struct Exec: Decodable {
        let apiVersion: String?
        let command: String?
        let args: [String]?
        let env: [Variable]?
        let installHint: String?
        let provideClusterInfo: Bool?
        let interactiveMode: String?
    }

    struct Variable: Decodable {
        let name: String
        let value: String?
    }

    private enum CodingKeys: String, CodingKey {
        case clientCertificate = "client-certificate"
        case clientCertificateData = "client-certificate-data"
        case clientKey = "client-key"
        case clientKeyData = "client-key-data"
        case token, tokenFile, username, password
        case impersonate = "as"
        case authProvider = "auth-provider"
        case exec
    }
}
