import Foundation
import HTTPTransport
import ScriptedServers

/// A certificate authority made by the openssl program, and what it issues.
struct TestAuthority: Sendable {
    let name: String
    private let folder: TemporaryFolder

    struct Failed: Error {
        let output: String
    }

    /// Files of a certificate and its key.
    struct Issued: Sendable {
        let certificate: String
        let key: String

        var identity: ClientIdentity { .files(certificate: certificate, key: key) }
    }

    static let hasOpenSSL = (try? ScriptedServer.run(["openssl", "version"]))?.status == 0

    init(_ name: String, in folder: TemporaryFolder) async throws {
        self.name = name
        self.folder = folder
        try await openssl(
            ["req", "-x509"] + Self.key + [
                "-days", "2", "-subj", "/CN=\(name)", "-keyout", path("key"), "-out", path("certificate"),
            ])
    }

    var certificate: String { path("certificate") }

    /// Issues a certificate.
    ///
    /// - Parameter alternativeNames: such as `DNS:localhost,IP:127.0.0.1`; nil for one with a common name alone.
    func issue(_ common: String, _ alternativeNames: String?, to file: String? = nil) async throws -> Issued {
        let file = "\(name)-\(file ?? common)"
        let issued = Issued(
            certificate: folder.url.appending(path: "\(file).pem").path,
            key: folder.url.appending(path: "\(file).key").path)
        let names = alternativeNames.map { ["-addext", "subjectAltName=\($0)"] } ?? []
        try await openssl(
            ["req"] + Self.key + ["-subj", "/CN=\(common)"] + names + [
                "-keyout", issued.key, "-out", path("request"),
            ])
        try await openssl([
            "x509", "-req", "-in", path("request"), "-CA", path("certificate"), "-CAkey", path("key"),
            "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", issued.certificate,
        ])
        return issued
    }

    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func path(_ file: String) -> String { folder.url.appending(path: "\(name)-authority.\(file)").path }

    private func openssl(_ arguments: [String]) async throws {
        let (status, output) = try await Background.run { try ScriptedServer.run(["openssl"] + arguments) }
        guard status == 0 else { throw Failed(output: output) }
    }
}
