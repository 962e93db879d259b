import AppConfiguration
import NIOSSL
import Synchronization

/// The service's certificate and the authorities of its senders, read again when their files change.
final class TLSCertificates: Sendable {
    private let certificateFile: String
    private let keyFile: String
    private let clientCAFile: String?
    private let state: Mutex<(context: NIOSSLContext, stamp: [FileStamp])>

    /// Reads the files. Throws a `ConfigurationError` that names the one that is of no use.
    init?(_ settings: Settings.Server) throws {
        guard let certificateFile = settings.certificateFile, let keyFile = settings.keyFile else { return nil }
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        clientCAFile = settings.clientCAFile
        let files = [certificateFile, keyFile] + [settings.clientCAFile].compactMap { $0 }
        let stamp = files.map(FileStamp.init)
        state = Mutex((try Self.context(certificateFile, keyFile, settings.clientCAFile), stamp))
    }

    /// The context for the next connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// True if senders may show certificates.
    var asksForCertificates: Bool { clientCAFile != nil }

    /// Reads the files if they changed; returns whether they did. Throws where they are of no use, and keeps what it has:
    /// a file may be half written.
    func reload() throws -> Bool {
        let stamp = ([certificateFile, keyFile] + [clientCAFile].compactMap { $0 }).map(FileStamp.init)
        guard state.withLock({ $0.stamp != stamp }) else { return false }
        let context = try Self.context(certificateFile, keyFile, clientCAFile)
        state.withLock { $0 = (context, stamp) }
        return true
    }

    private static func context(
        _ certificateFile: String, _ keyFile: String, _ clientCAFile: String?
    ) throws -> NIOSSLContext {
        let chain = try using(certificateFile) { try NIOSSLCertificate.fromPEMFile(certificateFile) }
        let key = try using(keyFile) { try NIOSSLPrivateKey(file: keyFile, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let clientCAFile {
            let authorities = try using(clientCAFile) { try NIOSSLCertificate.fromPEMFile(clientCAFile) }
            configuration.trustRoots = .certificates(authorities)
            // Those without a certificate need a token.
            configuration.certificateVerification = .optionalVerification
        }
        return try using("\(certificateFile) and \(keyFile)") { try NIOSSLContext(configuration: configuration) }
    }

    private static func using<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw ConfigurationError(
                code: .unreadable, message: "\(file): no use for TLS: \(error)",
                hint: "check that it is there, is PEM, and that certificate and key belong together")
        }
    }
}
