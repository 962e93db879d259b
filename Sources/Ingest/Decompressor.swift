/// Decompresses one stream whose bytes come in pieces. Its memory does not grow with the stream, nor with how much comes
/// out of it.
protocol Decompressor: ~Copyable {
    /// Decompresses from the front of the input into the target, neither of them empty unless the last call filled its
    /// target: then there may be more to come out. Throws `DamagedInput`, or an `IngestError` for want of memory.
    mutating func step(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws -> DecompressionStep

    /// Throws `DamagedInput` if the stream may not end here.
    mutating func finish() throws

    /// The memory that it takes now, in bytes.
    mutating func memory() -> Int
}

/// What one step of a decompressor did.
package struct DecompressionStep: Sendable {
    /// Bytes of the input that need not be shown again.
    package let consumed: Int
    /// Bytes written to the target.
    package let produced: Int
}
