/// Decompresses a body that comes in pieces, as from a network.
///
/// It takes about 40 KiB for gzip, and for zstd up to 9 MiB, as the sender's window asks. After an error it is of no
/// more use.
package struct BodyDecompressor: ~Copyable {
    private let coding: ContentCoding
    private let limit: Int
    private var decompressor: any Decompressor & ~Copyable
    /// Bytes that came out so far.
    package private(set) var produced = 0

    /// The memory that it takes now, in bytes: with zstd it follows the window that the sender's frame asks for.
    package mutating func memory() -> Int { decompressor.memory() }

    /// A decompressor of one body, from which no more than `limit` bytes may come. Throws an `IngestError` where there is
    /// no memory.
    package init(_ coding: ContentCoding, limit: Int = .max) throws {
        self.coding = coding
        self.limit = limit
        decompressor = try coding.decompressor()
    }

    /// Decompresses from the front of the input into the target, which must not be empty. For callers that have to wait
    /// between two pieces: call again with what was not consumed, until all is consumed and the target is not filled.
    ///
    /// Throws `DamagedInput`, or an `IngestError` where there is no memory.
    package mutating func step(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws -> DecompressionStep {
        let step = try decompressor.step(input, into: target)
        guard step.produced <= limit - produced else { throw DamagedInput(coding: coding, reason: .tooLarge) }
        produced += step.produced
        return step
    }

    /// Takes further bytes and hands on what comes out of them, in pieces of 64 KiB at most, which are valid during the
    /// call. A few bytes can become gigabytes: the body stops that by what it throws, or the limit does.
    ///
    /// Throws `DamagedInput`, an `IngestError` where there is no memory, and what the body throws.
    package mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { piece.deallocate() }
        var rest = bytes
        while true {
            let step = try step(rest, into: piece)
            rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
            if step.produced > 0 { try body(UnsafeRawBufferPointer(rebasing: piece[..<step.produced])) }
            if rest.isEmpty, step.produced < piece.count { return }
        }
    }

    /// The body has ended. Throws `DamagedInput` if it breaks off.
    package mutating func finish() throws { try decompressor.finish() }
}
