import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import KubernetesClient

/// Over TLS, with an authority and a client certificate of a kubeconfig.
@Suite(.enabled(if: (try? ScriptedServer.run(["openssl", "version"]))?.status == 0, "openssl is not installed"))
struct WatchTLSTests {
    private let folder: TemporaryFolder
    private let cluster: ScriptedCluster

    init() throws {
        folder = try TemporaryFolder()
        let made = try ScriptedServer.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=leastwise-test", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", folder.path("key"), "-out", folder.path("certificate"),
        ])
        try #require(made.status == 0, "\(made.output)")
        var policy = HTTPPolicy(caFile: folder.path("certificate"))
        policy.identity = .files(certificate: folder.path("certificate"), key: folder.path("key"))
        let (certificate, key) = (folder.path("certificate"), folder.path("key"))
        cluster = try ScriptedCluster(
            ["--certificate", certificate, "--key", key, "--client-ca", certificate], policy: policy)
    }

    private func access(_ user: String, server: String) throws -> KubernetesAccess {
        let text = """
            current-context: main
            clusters: [{name: c, cluster: {\(server), certificate-authority: certificate}}]
            contexts: [{name: main, context: {cluster: c, user: u}}]
            users: [{name: u, user: {\(user)}}]
            """
        try Data(text.utf8).write(to: URL(filePath: folder.path("config")))
        return try KubernetesAccess.find(kubeconfig: [folder.path("config")], environment: [:])
    }

    private static let identity = "client-certificate: certificate, client-key: key"

    @Test(arguments: ["", ", tls-server-name: localhost"])
    func `watches with the client certificate of a kubeconfig`(serverName: String) async throws {
        try cluster.control(["put", "Pod", Made.pod("a", at: "10.0.0.1")])
        let host = serverName.isEmpty ? "localhost" : "127.0.0.1"
        let server = "server: 'https://\(host):\(cluster.port)'\(serverName)"
        let disk = try TestStore()
        let watch = RunningWatch(try access(Self.identity, server: server), store: disk.store)
        try await watch.expectTruth(cluster)
        try cluster.control(["put", "Pod", Made.pod("b", at: "10.0.0.2")])
        try await watch.expectTruth(cluster)
        try await watch.stop()
    }

    @Test func `does not watch without one, nor a server that the authority does not know`() async throws {
        for server in ["server: 'https://localhost:\(cluster.port)'", "server: 'https://127.0.0.1:\(cluster.port)'"] {
            let user = server.contains("localhost") ? "token: abc" : Self.identity
            let disk = try TestStore()
            let watch = RunningWatch(try access(user, server: server), store: disk.store)
            try await watch.expect("it is told") { watch.status.discoveryProblem != nil }
            #expect(!watch.status.isDiscovered)
            try await watch.stop()
        }
    }
}
