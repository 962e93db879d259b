/// A DNS name in which `*` stands for any characters of one label, or alone for every name.
///
/// Both sides are compared without regard to case and to a dot at the end (Cilium documentation, "DNS based").
struct NamePattern {
    private let labels: [[UInt8]]
    private let isEveryName: Bool

    init(_ text: String) {
        isEveryName = text == "*"
        labels = Self.labels(text)
    }

    func matches(_ name: String) -> Bool {
        let name = Self.labels(name)
        guard !isEveryName else { return !name.isEmpty }
        return name.count == labels.count && zip(labels, name).allSatisfy { Self.matches($0[...], $1[...]) }
    }

    private static func labels(_ text: String) -> [[UInt8]] {
        var bytes = text.utf8.map { (65...90).contains($0) ? $0 | 32 : $0 }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Goes on behind the last `*` with one more character for it, whenever the rest does not fit.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ label: ArraySlice<UInt8>) -> Bool {
        var (pattern, label) = (pattern, label)
        var retry: (pattern: ArraySlice<UInt8>, label: ArraySlice<UInt8>)?
        while !label.isEmpty {
            if pattern.first == UInt8(ascii: "*") {
                pattern.removeFirst()
                retry = (pattern, label)
            } else if pattern.first == label.first {
                pattern.removeFirst()
                label.removeFirst()
            } else {
                guard let last = retry, let skipped = last.label.first, isNameCharacter(skipped) else { return false }
                retry = (last.pattern, last.label.dropFirst())
                (pattern, label) = (last.pattern, last.label.dropFirst())
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
