/// Names of files that were rotated away.
///
/// logrotate appends `.1`, `-20261101` or a format of its own (logrotate(8), `dateext`); the kubelet appends
/// `.20261101-083000`; lumberjack, which writes the API server's audit log and Hubble's export, inserts
/// `-2026-11-01T08-30-00.000` before the extension. Each may append `.gz`.
enum RotatedName {
    /// The name itself and all the names that it may have had before.
    static func originals(of name: String) -> [String] {
        let name = Array(name.utf8)
        let plain = name.suffix(3) == Array(".gz".utf8)[...] ? Array(name.dropLast(3)) : name
        var found = plain.count == name.count ? [name] : [name, plain]
        found += stems(of: plain[...])
        if let dot = plain.lastIndex(of: UInt8(ascii: ".")) {
            found += stems(of: plain[..<dot]).map { $0 + plain[dot...] }
        }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What is left without a number or time at the end.
    private static func stems(of name: ArraySlice<UInt8>) -> [[UInt8]] {
        let isSeparator = { (byte: UInt8) in byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") }
        var found: [[UInt8]] = []
        var at = name.endIndex
        while at > name.startIndex, isStamp(name[at - 1]) {
            at -= 1
            let isFollowed = at + 1 < name.endIndex && (48...57).contains(name[at + 1])
            if isSeparator(name[at]), isFollowed, at > name.startIndex { found.append(Array(name[..<at])) }
        }
        return found
    }

    /// Digits and what stands between them in a time.
    private static func isStamp(_ byte: UInt8) -> Bool { (48...57).contains(byte) || "-.:_+TZ".utf8.contains(byte) }
}
