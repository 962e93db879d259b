import AppConfiguration
import CLibcrypto

/// Bearer tokens as the service knows them: by their SHA-256 alone.
///
/// Tokens that `leastwise token` makes hold 256 random bits, so that no slow hash is needed to keep them from being guessed.
package enum TokenHash {
    /// The hash of a token, 32 bytes.
    package static func of(_ token: some StringProtocol) -> [UInt8] {
        let bytes = Array(token.utf8)
        var hash = [UInt8](repeating: 0, count: 32)
        _ = SHA256(bytes, bytes.count, &hash)
        return hash
    }

    /// A new token: 256 random bits. Nil where the system has no randomness.
    package static func newToken() -> String? {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard RAND_bytes(&bytes, 32) == 1 else { return nil }
        return "lw_" + Hexadecimal.text(bytes)
    }

    /// Whether two hashes are the same, in a time that does not depend on where they differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
