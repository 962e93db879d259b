import Ingest

/// What is fuzzed. A further reader is a further case.
enum FuzzTarget: String, CaseIterable {
    case hubble, audit, objects, gzip, zstd, relay

    /// Reads the input, and ends the process where a promise is broken.
    func run(_ input: FuzzInput) {
        switch self {
        case .hubble: RecordFuzzing(source: .hubble).run(input)
        case .audit: RecordFuzzing(source: .audit).run(input)
        case .objects: ObjectFuzzing.run(input)
        case .gzip: CompressionFuzzing(coding: .gzip).run(input)
        case .zstd: CompressionFuzzing(coding: .zstd).run(input)
        case .relay: RelayFuzzing.run(input)
        }
    }

    /// Small inputs to start from.
    var seeds: [[UInt8]] {
        switch self {
        case .hubble: RecordFuzzing(source: .hubble).seeds
        case .audit: RecordFuzzing(source: .audit).seeds
        case .objects: ObjectFuzzing.seeds
        case .gzip: CompressionFuzzing(coding: .gzip).seeds
        case .zstd: CompressionFuzzing(coding: .zstd).seeds
        case .relay: RelayFuzzing.seeds
        }
    }
}

/// An input of the fuzzer: a byte that says how it is cut into pieces and what is checked, and the bytes.
struct FuzzInput {
    private static let sizes = [1, 2, 3, 7, 61, 997, Int.max]

    let pieceSize: Int
    /// Where a target has several checks: which of them this input is for.
    let check: Int
    let bytes: [UInt8]

    /// The first byte of the input of a number, so that all ways are taken.
    static func first(_ number: Int) -> UInt8 { UInt8(truncatingIfNeeded: number) }

    init(_ data: UnsafeRawBufferPointer) {
        let first = Int(data.first ?? 0)
        pieceSize = Self.sizes[first % Self.sizes.count]
        check = first / Self.sizes.count
        bytes = Array(data.dropFirst())
    }

    /// Calls the body with the bytes in pieces of that size.
    static func cut(_ bytes: [UInt8], _ size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { all in
            var start = 0
            while start < all.count {
                let end = all.count - start > size ? start + size : all.count
                try body(UnsafeRawBufferPointer(rebasing: all[start..<end]))
                start = end
            }
        }
    }
}

/// Ends the process with the message where a promise is broken, in optimised builds too.
func expect(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { fatalError(message()) }
}
