import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import KubernetesClient

@Suite struct KubeconfigTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
        return folder.path(name)
    }

    private func config(cluster: String = "server: https://one:6443", user: String = "token: s3cret") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: main
        clusters: [{name: c, cluster: {\(cluster)}}]
        contexts: [{name: main, context: {cluster: c, user: u, namespace: ops}}, {name: bare, context: {cluster: c}}]
        users: [{name: u, user: {\(user)}}]
        """
    }

    private func access(_ texts: String..., context: String? = nil) throws -> KubernetesAccess {
        let paths = try texts.enumerated().map { try write("config\($0.offset)", $0.element) }
        return try KubernetesAccess.find(
            context: context, environment: ["KUBECONFIG": paths.joined(separator: ":")])
    }

    private func failure(_ texts: String..., context: String? = nil) throws -> KubernetesError {
        let paths = try texts.enumerated().map { try write("config\($0.offset)", $0.element) }
        let environment = ["KUBECONFIG": paths.joined(separator: ":")]
        let error = try #require(throws: KubernetesError.self) {
            try KubernetesAccess.find(context: context, environment: environment)
        }
        #expect(!error.description.contains("s3cret"), "a secret shows")
        #expect(!error.hint.isEmpty)
        return error
    }

    @Test func `reads server, token and namespace of the current context`() throws {
        let found = try access(config(cluster: "server: 'https://one:6443/k8s/c-1/', tls-server-name: api"))
        #expect(found.server == "https://one:6443/k8s/c-1")
        #expect(found.serverName == "api")
        #expect(found.namespace == "ops")
        #expect(found.credentials == .token(Secret("s3cret")))
        #expect(!"\(found)".contains("s3cret"))
        #expect(try access(config(), context: "bare").credentials == .none)
        #expect(try access(config(cluster: "server: http://localhost:8001")).credentials != .none)
    }

    @Test func `merges files: the first one that has a name wins, and missing ones are passed over`() throws {
        let first = "{contexts: [{name: main, context: {cluster: c, user: u}}]}"
        let found = try access(first, config(), config(cluster: "server: https://two:6443"))
        #expect(found.server == "https://one:6443")
        #expect(found.namespace == "default")
        let paths = "\(folder.path("none")):\(folder.path("config1"))"
        #expect(try KubernetesAccess.find(environment: ["KUBECONFIG": paths]).server == "https://one:6443")
    }

    @Test func `paths are relative to the file that they stand in`() throws {
        try write("ca.pem", "authority")
        try write("token", " from-file\n")
        let found = try access(
            config(cluster: "server: https://one, certificate-authority: ca.pem", user: "tokenFile: token"))
        #expect(found.caFile == folder.path("ca.pem"))
        #expect(found.credentials == .tokenFile(folder.path("token")))
    }

    @Test func `takes certificates from files and from data`() throws {
        try write("c.pem", "certificate")
        try write("k.pem", "key")
        let files = try access(config(user: "client-certificate: c.pem, client-key: k.pem"))
        #expect(files.identity == .files(certificate: folder.path("c.pem"), key: folder.path("k.pem")))
        let data = try access(
            config(
                cluster: "server: https://one, certificate-authority-data: YXV0aG9yaXR5",
                user: "client-certificate-data: Yw==, client-key-data: aw=="))
        #expect(data.caPEM == Array("authority".utf8))
        #expect(data.identity == .pem(certificate: Array("c".utf8), key: Secret("k")))
    }

    @Test func `refuses what would be unsafe or is not there, with the next step`() throws {
        let cases: [(String, KubernetesError.Code, String)] = [
            (config(cluster: "server: https://one, insecure-skip-tls-verify: true"), .notSupported, "authority"),
            (config(cluster: "server: https://one, proxy-url: http://p"), .notSupported, "HTTPS_PROXY"),
            (config(cluster: "server: http://one"), .notSupported, "https"),
            (config(user: "token: s3cret, as: root"), .notSupported, "rights"),
            (config(user: "auth-provider: {name: gcp}"), .notSupported, "plugin"),
            (config(user: "client-certificate-data: Yw=="), .badKubeconfig, "both"),
            (config(user: "client-key-data: 's3cret!', client-certificate-data: Yw=="), .badKubeconfig, "base64"),
            (config(user: "tokenFile: absent"), .unreadableFile, "check"),
            (config(cluster: "server: ''"), .badKubeconfig, "set-cluster"),
            ("token: s3cret: [", .badKubeconfig, "kubectl"),
            ("users: [{name: u, user: {token: [s3cret]}}]", .badKubeconfig, "kubectl"),
            ("{}", .badKubeconfig, "use-context"),
        ]
        for (text, code, hint) in cases {
            let error = try failure(text)
            #expect(error.code == code, "\(text)")
            #expect(error.hint.contains(hint), "\(error)")
            #expect(error.message.contains("config0") || error.message.contains("absent"), "\(error)")
        }
        #expect(try failure(config(), context: "other").hint.contains("bare, main"))
    }

    @Test func `in a cluster it is the service account, whose token is read anew`() throws {
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        let folder = folder.url.path
        let error = try #require(throws: KubernetesError.self) {
            try KubernetesAccess.find(environment: environment, serviceAccountFolder: folder)
        }
        #expect(error.code == .unreadableFile)
        #expect(error.message.contains(folder + "/token"))
        try write("token", "one")
        try write("ca.crt", "authority")
        try write("namespace", "leastwise\n")
        let found = try KubernetesAccess.find(environment: environment, serviceAccountFolder: folder)
        #expect(found.server == "https://[fd00::1]:443")
        #expect(found.namespace == "leastwise")
        #expect(found.caFile == folder + "/ca.crt")
        var session = KubernetesSession(found, environment: [:], userAgent: "test")
        for token in ["one", "two"] {
            try write("token", token)
            let request = try session.request("/api", stall: .seconds(1), total: .seconds(1), now: Date()).request
            #expect(request.credentials == .bearer(Secret(token)))
        }
    }

    @Test func `without a cluster it says what to do`() throws {
        let error = try #require(throws: KubernetesError.self) {
            try KubernetesAccess.find(environment: ["HOME": folder.url.path])
        }
        #expect(error.code == .noCluster)
        #expect(error.hint.contains("KUBECONFIG"))
    }

    @Test func `a server name of its own is what the certificate is checked against`() throws {
        var access = KubernetesAccess(server: "https://10.0.0.1:6443/base", origin: "test")
        access.serverName = "kubernetes"
        var session = KubernetesSession(access, environment: [:], userAgent: "test")
        let made = try session.request("/api/v1", stall: .seconds(1), total: .seconds(1), now: Date())
        #expect(made.request.url == "https://kubernetes:6443/base/api/v1")
        #expect(made.policy.connectTo == "10.0.0.1:6443")
    }
}
