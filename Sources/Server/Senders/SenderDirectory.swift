import AppConfiguration
import Domain
import FoundationEssentials
import Ingest
import Synchronization

/// Who may send, as the senders' file says; it is read again when it changes.
final class SenderDirectory: Sendable {
    private let file: String?
    private let state: Mutex<(senders: [Sender], stamp: FileStamp?)>

    /// Reads the file; without one there are no senders. Throws a `ConfigurationError`.
    init(file: String?) throws {
        self.file = file
        state = Mutex((try file.map(Self.read) ?? [], file.map(FileStamp.init)))
    }

    /// True where nobody was named, so that nobody can prove who they are.
    var isEmpty: Bool { file == nil }

    /// Reads the file if it changed; returns whether it did. Throws where it is of no use, and keeps what it has.
    func reload() throws -> Bool {
        guard let file else { return false }
        let stamp = FileStamp(file)
        guard state.withLock({ $0.stamp != stamp }) else { return false }
        let senders = try Self.read(file)
        state.withLock { $0 = (senders, stamp) }
        return true
    }

    /// The sender of a token. Every known hash is compared, whichever matches.
    func sender(token: some StringProtocol) -> Sender? {
        let hash = TokenHash.of(token)
        var found: Sender?
        for sender in state.withLock({ $0.senders }) {
            for known in sender.tokenHashes where TokenHash.areEqual(known, hash) { found = sender }
        }
        return found
    }

    /// The sender that a verified certificate names.
    func sender(certificateNames names: Set<String>) -> Sender? {
        guard !names.isEmpty else { return nil }
        return state.withLock { $0.senders }.first { !names.isDisjoint(with: $0.certificateNames) }
    }

    private static func read(_ file: String) throws -> [Sender] {
        guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
        else {
            throw ConfigurationError(
                code: .unreadable, message: "the senders' file \(file) cannot be read",
                hint: "check the path, the permissions, and that it is UTF-8")
        }
        return try SendersFile.parse(text, file: file, sources: Set(IngestSource.allCases.map(\.rawValue)))
    }
}
