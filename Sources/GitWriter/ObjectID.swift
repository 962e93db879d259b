import CLibgit2

/// The name of an object in a repository: 40 lower-case hexadecimal digits of its SHA-1.
package struct ObjectID<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The digits.
    package let hex: String

    /// Reads an object's name; nil for anything but 40 hexadecimal digits.
    package init?(_ text: String) {
        let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
        guard text.utf8.count == 40, isHex else { return nil }
        hex = text.lowercased()
    }

    init(_ raw: git_oid) {
        let digits = Array("0123456789abcdef".utf8)
        var raw = raw
        let bytes = unsafe withUnsafeBytes(of: &raw) { unsafe Array($0) }
        hex = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The form that libgit2 takes.
    var raw: git_oid {
        var raw = git_oid()
        // It cannot fail: the initialisers let nothing else in.
        _ = unsafe git_oid_fromstr(&raw, hex)
        return raw
    }

    /// The digits.
    package var description: String { hex }

    /// Orders by the digits.
    package static func < (one: ObjectID, other: ObjectID) -> Bool { one.hex < other.hex }
}

/// Marks names of commits.
package enum CommitKind {}
/// Marks names of trees.
package enum TreeKind {}
/// Marks names of blobs.
package enum BlobKind {}

/// The name of a commit.
package typealias CommitID = ObjectID<CommitKind>
/// The name of a tree; equal trees hold equal files.
package typealias TreeID = ObjectID<TreeKind>
/// The name of a file's contents.
package typealias BlobID = ObjectID<BlobKind>

extension git_oid {
    /// Whether this is the name that stands for "no object".
    var isZero: Bool {
        var copy = self
        return unsafe withUnsafeBytes(of: &copy) { unsafe $0.allSatisfy { $0 == 0 } }
    }
}
