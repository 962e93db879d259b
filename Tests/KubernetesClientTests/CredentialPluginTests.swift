import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import KubernetesClient

@Suite struct CredentialPluginTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func session(
        _ script: String, extra: String = "", limit: Duration = .seconds(60)
    ) throws -> KubernetesSession {
        let path = folder.path("plugin.sh")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let config = """
            current-context: main
            clusters: [{name: c, cluster: {server: 'https://one:6443', certificate-authority-data: QQ==}}]
            contexts: [{name: main, context: {cluster: c, user: u}}]
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: ./plugin.sh
                  args: [get, token]
                  env: [{name: WHO, value: leastwise}]
                  provideClusterInfo: true
                  \(extra)
            """
        try Data(config.utf8).write(to: URL(filePath: folder.path("config")))
        var access = try KubernetesAccess.find(
            kubeconfig: [folder.path("config")], environment: [:])
        if case .plugin(var plugin) = access.credentials {
            plugin.timeLimit = limit
            access.credentials = .plugin(plugin)
        }
        return KubernetesSession(access, environment: ["PATH": "/usr/bin:/bin"], userAgent: "test")
    }

    private func ask(_ session: inout KubernetesSession, at seconds: Double = 0) throws -> (
        request: HTTPRequest, policy: HTTPPolicy
    ) {
        try session.request(
            "/api", stall: .seconds(1), total: .seconds(1), now: Date(timeIntervalSince1970: seconds))
    }

    private func printing(_ status: String) -> String {
        #"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{\#(status)}}'"#
    }

    @Test func `asks the program, and tells it which cluster it is for`() throws {
        var session = try session(
            #"""
            [ "$1 $2 $WHO" = "get token leastwise" ] || exit 3
            case "$KUBERNETES_EXEC_INFO" in *'"certificate-authority-data":"QQ=="'*) ;; *) exit 4 ;; esac
            """# + "\n" + printing(#""token":"abc""#))
        #expect(try ask(&session).request.credentials == .bearer(Secret("abc")))
    }

    @Test func `asks again when the credentials expire, or are not taken, and not before`() throws {
        var session = try session(
            "echo x >> \(folder.path("runs"))\n"
                + printing(#""token":"abc","expirationTimestamp":"1970-01-01T00:10:00Z""#))
        func runs() throws -> Int { try String(contentsOfFile: folder.path("runs"), encoding: .utf8).count / 2 }
        _ = try ask(&session, at: 0)
        _ = try ask(&session, at: 500)
        #expect(try runs() == 1)
        _ = try ask(&session, at: 599)
        #expect(try runs() == 2)
        session.forgetCredentials()
        _ = try ask(&session, at: 0)
        #expect(try runs() == 3)
    }

    @Test func `takes a client certificate`() throws {
        var session = try session(printing(#""clientCertificateData":"C","clientKeyData":"K""#))
        let made = try ask(&session)
        #expect(made.policy.identity == .pem(certificate: [67], key: Secret("K")))
        #expect(made.request.credentials == nil)
    }

    @Test(arguments: [
        ("exit 3", "status 3"), ("sleep 300", "longer than"), ("sleep 300 & echo; exit 0", "longer than"),
        ("yes s3cret", "printed more"), ("echo s3cret", "no ExecCredential"), ("echo s3cret >&2; exit 1", "status 1"),
    ])
    func `says what is wrong without showing what was printed`(script: String, problem: String) throws {
        let limit = Duration.seconds(script.contains("sleep") ? 1 : 60)
        var session = try session(script, extra: "installHint: get it from the shop", limit: limit)
        let error = try #require(throws: KubernetesError.self) { try ask(&session) }
        #expect(error.code == .pluginFailed)
        #expect(error.message.contains(problem), "\(error)")
        #expect(error.message.contains("plugin.sh"))
        #expect(error.hint == "get it from the shop")
        #expect(!error.description.contains("s3cret"))
    }

    @Test func `refuses a program that asks a person, and old versions of the interface`() throws {
        let person = try #require(throws: KubernetesError.self) {
            try session("true", extra: "interactiveMode: Always")
        }
        #expect(person.code == .notSupported)
    }
}
