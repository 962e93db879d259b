import AppConfiguration
import Domain
import FoundationEssentials
import Glibc
import Logging

/// Writes log lines to standard error: one JSON object, or one line of text, each with its fields.
///
/// Whatever a value holds, it stays one line: what comes from outside cannot forge another.
struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let format: Settings.Server.LogFormat
    private let label: String
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line with its end.
    init(
        label: String, format: Settings.Server.LogFormat, level: Logger.Level,
        write: @escaping @Sendable (String) -> Void = LogLines.toStandardError
    ) {
        self.write = write
        self.label = label
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { _, own in own }
        if let error = event.error { fields["error"] = "\(error)" }
        write(line(event.level, "\(event.message)", fields, at: SystemClock.now()))
    }

    func line(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata, at time: Timestamp) -> String {
        let fraction = String(1000 + time.rawValue / 1_000_000 % 1000).dropFirst()
        let time = "\("\(time)".dropLast()).\(fraction)Z"
        let pairs = fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        switch format {
        case .json:
            let head = [("time", time), ("level", level.rawValue), ("logger", label), ("message", message)]
            let taken = Set(head.map(\.0))
            let members = head + pairs.map { (taken.contains($0.0) ? "field.\($0.0)" : $0.0, $0.1) }
            return "{" + members.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }.joined(separator: ",") + "}\n"
        case .text:
            let rest = pairs.map { " \(Self.word($0.0))=\(Self.word($0.1))" }.joined()
            return "\(time) \(level.rawValue) \(Self.needsQuotes(message) ? Self.plain(message) : message)\(rest)\n"
        }
    }

    private static func word(_ text: String) -> String { needsQuotes(text) ? quoted(text) : text }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || !text.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    }

    /// Without quotes around it, but with every control character escaped.
    private static func plain(_ text: String) -> String { String(quoted(text).dropFirst().dropLast()) }

    /// A JSON string (RFC 8259, 7), cut at 4,096 characters.
    private static func quoted(_ text: String) -> String {
        var line = "\""
        for scalar in text.unicodeScalars.prefix(4096) {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            default:
                if isDeceptive(scalar) {
                    let digits = String(scalar.value, radix: 16)
                    line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    line.unicodeScalars.append(scalar)
                }
            }
        }
        return line + "\""
    }

    /// Besides what JSON asks for: what terminals act upon, what ends lines in Unicode, what is not seen, and what shows text
    /// in another order.
    private static func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7f...0x9f, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff: true
        default: false
        }
    }

    /// Writes a line to standard error.
    @Sendable static func toStandardError(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            // One call, so that lines of several threads do not mix; a full pipe loses a line rather than the service.
            _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}

/// The machine's clock, for what is about the service itself: leases, receipts, expiry, schedules. Learning never asks it.
enum SystemClock {
    /// The present moment, to the microsecond.
    static func now() -> Timestamp {
        // No `timespec`: with static Swift libraries it belongs to another module than Glibc.
        Timestamp(rawValue: Int64(Date().timeIntervalSince1970 * 1_000_000) * 1000)
    }
}
