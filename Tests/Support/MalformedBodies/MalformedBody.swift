/// A body that is not as it should be, as a client could send it.
///
/// The good records among it have something in common: flows go to port 4242, events ask for the ConfigMap `kept`.
/// Nothing else in a body does that, so that they can be counted where they end up.
package struct MalformedBody: Sendable, CustomStringConvertible {
    /// What the records would be.
    package enum Source: String, Sendable, CaseIterable { case hubble, audit }

    package let name: String
    package let source: Source
    package let contentType: String
    /// `gzip`, `zstd`, or nil for bytes as they are.
    package let contentEncoding: String?
    /// How many records have to be kept; nil where nobody could tell.
    package let goodRecords: Int?
    /// How many further records are counted, whatever becomes of them; nil where that is not defined.
    package let otherRecords: Int?
    /// True where the compression itself is at fault.
    package let isDamaged: Bool
    /// True for bodies of many megabytes, on the wire or behind their compression.
    package let isHuge: Bool
    private let makePieces: @Sendable () -> AnySequence<[UInt8]>

    /// The body in pieces of bounded size, made anew for each caller.
    package var pieces: AnySequence<[UInt8]> { makePieces() }

    /// The whole body.
    package var bytes: [UInt8] { pieces.flatMap { $0 } }

    package var description: String { "\(source.rawValue): \(name)" }

    init(
        _ name: String, _ source: Source, _ bytes: @autoclosure @escaping @Sendable () -> [UInt8], good: Int? = nil,
        other: Int? = nil, type: String = "application/x-ndjson"
    ) {
        self.init(
            name, source, encoding: nil, good: good, other: other, type: type,
            pieces: { AnySequence(CollectionOfOne(bytes())) })
    }

    init(
        _ name: String, _ source: Source, encoding: String?, good: Int? = nil, other: Int? = nil,
        type: String = "application/x-ndjson", isDamaged: Bool = false, isHuge: Bool = false,
        pieces: @escaping @Sendable () -> AnySequence<[UInt8]>
    ) {
        self.name = name
        self.source = source
        self.isHuge = isHuge
        self.isDamaged = isDamaged
        contentType = type
        contentEncoding = encoding
        goodRecords = good
        otherRecords = other
        makePieces = pieces
    }
}

extension MalformedBody {
    /// Hundreds of bodies that differ in one place.
    private static let tables = fields + duplicates + encodings
    private static let others =
        truncated + nested + escapes + structures + lists + costly + gzipped + zstandard

    /// All bodies that fit into a few megabytes, the same in each run.
    package static let small: [MalformedBody] = tables + others

    /// A part of them that shows each kind, for what takes long with each.
    package static let sampled: [MalformedBody] =
        tables.enumerated().filter { $0.offset % 17 == 0 }.map(\.element) + others

    /// Those of 100 MB and more. They are made while they are read.
    package static let huge: [MalformedBody] = hugeLines + hugeCompressed
}
