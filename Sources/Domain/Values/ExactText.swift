import Glibc

/// A text that equals another one only byte by byte, for sets, keys and sorting.
///
/// Swift holds canonically equivalent strings (Unicode Standard Annex 15) for equal; Kubernetes compares bytes. Two users
/// named `é`, once as one scalar and once as two, are two subjects.
package struct ExactText: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }
    package var description: String { text }
}

extension ExactText: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.text.hasSameBytes(as: right.text) }
    package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension ExactText: Comparable {
    /// The order of the bytes, as Go and SQLite have it: that of strings finds neither `é` nor `éa` the smaller one where
    /// the first is written as two scalars (Swift 6.3), so that sorting would depend on the order of input.
    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ExactText: Codable {
    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// What can be compared by the bytes of its texts.
package protocol ByteComparable: Codable, Sendable {
    /// True if no byte differs.
    func hasSameBytes(as other: Self) -> Bool
    /// Feeds the bytes themselves: texts that only look alike get hashes of their own.
    func hashBytes(into hasher: inout Hasher)
}

extension String: ByteComparable {
    /// True if no byte differs.
    package func hasSameBytes(as other: String) -> Bool {
        // The views would be compared byte by byte, through their indices.
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count else { return false }
                guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
                return memcmp(leftStart, rightStart, left.count) == 0
            }
        }
    }

    /// Feeds the bytes as they are, not their normalised form.
    package func hashBytes(into hasher: inout Hasher) {
        var text = self
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No text holds this byte, so that the borders between texts count.
        hasher.combine(UInt8.max)
    }
}

extension Namespace: ByteComparable {
    /// True if no byte differs.
    package func hasSameBytes(as other: Namespace) -> Bool { rawValue.hasSameBytes(as: other.rawValue) }
    /// Feeds the name's bytes.
    package func hashBytes(into hasher: inout Hasher) { rawValue.hashBytes(into: &hasher) }
}

extension Array: ByteComparable where Element: ByteComparable {
    /// True if all elements have the same bytes, in the same order.
    package func hasSameBytes(as other: [Element]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    /// Feeds the number of elements and the bytes of each.
    package func hashBytes(into hasher: inout Hasher) {
        hasher.combine(count)
        for element in self { element.hashBytes(into: &hasher) }
    }
}

/// A property that takes part in its type's `==` and hash with its bytes.
@propertyWrapper package struct Exact<Value: ByteComparable>: Hashable, Codable, Sendable, CustomStringConvertible {
    package var wrappedValue: Value
    package var description: String { "\(wrappedValue)" }

    package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    package static func == (left: Self, right: Self) -> Bool { left.wrappedValue.hasSameBytes(as: right.wrappedValue) }
    package func hash(into hasher: inout Hasher) { wrappedValue.hashBytes(into: &hasher) }

    package init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}
