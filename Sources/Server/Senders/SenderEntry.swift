package import AppConfiguration
import Ingest

/// An entry for the senders' file.
package enum SenderEntry {
    /// The sender that an entry of this name and these sources would be. Throws a `ConfigurationError` for a name or a
    /// source that the senders' file would refuse.
    package static func checked(name: String, sources: [String]) throws -> Sender? {
        try SendersFile.parse(
            text(name: name, token: "", sources: sources), file: "the entry",
            sources: Set(IngestSource.allCases.map(\.rawValue))
        ).first
    }

    /// The entry of a sender with a token, which is in it as a hash alone.
    package static func text(name: String, token: String, sources: [String]) -> String {
        """
        senders:
          - name: \(name)
            tokenSHA256: \(Hexadecimal.text(TokenHash.of(token)))
            sources: [\(sources.joined(separator: ", "))]
        """
    }
}
