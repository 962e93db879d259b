/// What a YAML text must not hold before a parser gets it: keys that are made of aliases.
///
/// A parser finds duplicate keys by hashing them. An alias stands for all that its anchor holds, so that a few lines of
/// aliases to aliases (a "billion laughs" text, CWE-776) stand for more than any machine can hash. No manifest that people
/// write has such keys.
package enum YAMLKeys {
    /// True if the text has anchors, and keys that are aliases, or lists or maps, which may hold aliases.
    ///
    /// It looks at single bytes, knows nothing of quotes and comments, and may so refuse a text that is harmless; a text
    /// without an anchor and an alias is never refused.
    package static func areOfAliases(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            has(UInt8(ascii: "&"), in: bytes) && has(UInt8(ascii: "*"), in: bytes) && hasOddKey(bytes)
        }
    }

    /// An anchor or an alias: the sign at the start of a word, and a name right behind it.
    private static func has(_ sign: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.indices.contains { index in
            bytes[index] == sign && isStart(index, bytes) && index + 1 < bytes.count && isName(bytes[index + 1])
        }
    }

    private static func hasOddKey(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.indices.contains { index in
            switch bytes[index] {
            case UInt8(ascii: "?"): return isStart(index, bytes) && isEnd(index + 1, bytes)
            case UInt8(ascii: ":"): return isEnd(index + 1, bytes) && endsOddly(index, bytes)
            default: return false
            }
        }
    }

    /// True if what stands before the colon is a list, a map or an alias.
    private static func endsOddly(_ colon: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = colon - 1
        while index >= 0, isBlank(bytes[index]) { index -= 1 }
        guard index >= 0 else { return false }
        if bytes[index] == UInt8(ascii: "]") || bytes[index] == UInt8(ascii: "}") { return true }
        while index >= 0, isName(bytes[index]), bytes[index] != UInt8(ascii: "*") { index -= 1 }
        return index >= 0 && bytes[index] == UInt8(ascii: "*") && isStart(index, bytes)
    }

    private static func isStart(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard index > 0 else { return true }
        return isBlank(bytes[index - 1]) || "[{,:?-".utf8.contains(bytes[index - 1])
    }

    private static func isEnd(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        index >= bytes.count || isBlank(bytes[index]) || ",[]{}".utf8.contains(bytes[index])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// Any byte that may be part of an anchor's name (YAML 1.2, 6.9.2).
    private static func isName(_ byte: UInt8) -> Bool { byte > 32 && !",[]{}:".utf8.contains(byte) }
}
