package import Domain

/// Compressed bytes cannot be read on. What came out of them before is good.
package struct DamagedInput: Error, Equatable, CustomStringConvertible {
    package let coding: ContentCoding
    package let reason: Reason

    /// What is wrong.
    package enum Reason: String, Sendable {
        /// The bytes end inside of a member or frame.
        case truncated = "breaks off"
        /// They hold something else than the format allows, or a checksum differs.
        case damaged = "is damaged"
        /// A zstd frame asks for more memory than is given to one.
        case windowTooLarge = "needs a window of more than 8 MiB"
        /// A zstd frame was made with a dictionary.
        case dictionaryNeeded = "needs a dictionary"
        /// More came out than the limit that was set.
        case tooLarge = "is larger than the limit when decompressed"
    }

    /// Damage of one coding.
    package init(coding: ContentCoding, reason: Reason) {
        self.coding = coding
        self.reason = reason
    }

    package var description: String { "the \(coding.rawValue) data \(reason.rawValue)" }

    /// What the sender can do.
    package var hint: String {
        switch reason {
        case .truncated, .damaged: "make it again"
        case .windowTooLarge: "compress it with zstd up to level 19, without --long"
        case .dictionaryNeeded: "compress it without a dictionary"
        case .tooLarge: "send it in smaller parts"
        }
    }

    /// The kind under which a summary counts it.
    package var kind: Diagnostic.Kind {
        switch (coding, reason) {
        case (.gzip, .truncated), (.gzip, .damaged): .damagedGzip
        case (.zstd, .truncated), (.zstd, .damaged): .damagedZstd
        case (_, .windowTooLarge): .zstdWindow
        case (_, .dictionaryNeeded): .zstdDictionary
        case (_, .tooLarge): .tooLargeDecompressed
        }
    }
}

extension Diagnostic.Kind {
    /// A gzip file that breaks off or is damaged; what came before is used.
    package static let damagedGzip = Diagnostic.Kind(rawValue: "gzip data incomplete or damaged")
    /// A zstd file that breaks off or is damaged; what came before is used.
    package static let damagedZstd = Diagnostic.Kind(rawValue: "zstd data incomplete or damaged")
    /// A zstd frame that takes more memory than any frame is given.
    package static let zstdWindow = Diagnostic.Kind(rawValue: "zstd window larger than 8 MiB")
    /// A zstd frame that only a dictionary opens.
    package static let zstdDictionary = Diagnostic.Kind(rawValue: "zstd data made with a dictionary")
    /// A body that holds more than the limit once it is decompressed.
    package static let tooLargeDecompressed = Diagnostic.Kind(rawValue: "too large when decompressed")
}
