import AppConfiguration
import Foundation
import Ingest

extension DoctorJob {
    /// What `leastwise serve` would start with: its address, its certificate's files, and who may send. Nothing where the
    /// service keeps to its defaults.
    func service(_ settings: Settings.Server) -> [Finding] {
        guard settings.sendersFile != nil || settings.usesTLS || !settings.isLoopback else { return [] }
        var findings = [
            check("service") {
                for file in [settings.certificateFile, settings.keyFile, settings.clientCAFile].compactMap({ $0 }) {
                    _ = try Self.text(file)
                }
                return "\(settings.host):\(settings.port), \(settings.usesTLS ? "TLS" : "plain HTTP")"
            }
        ]
        if let file = settings.sendersFile {
            findings.append(
                check("senders") {
                    let sources = Set(IngestSource.allCases.map(\.rawValue))
                    let senders = try SendersFile.parse(try Self.text(file), file: file, sources: sources)
                    return "\(senders.count) in \(file)"
                })
        }
        return findings
    }

    private static func text(_ file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
        else {
            throw ConfigurationError(
                code: .unreadable, message: "\(file) cannot be read", hint: "check the path and the file's permissions")
        }
        return text
    }
}
