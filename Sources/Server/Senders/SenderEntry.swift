import AppConfiguration

/// An entry for the senders' file.
package enum SenderEntry {
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
