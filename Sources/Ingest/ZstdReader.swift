import CZstd

/// Decompresses zstd, frame after frame; frames to skip are skipped (RFC 8878, 3.1).
struct ZstdReader: ~Copyable, Decompressor {
    /// The binary logarithm of the largest window, 8 MiB: what RFC 8878, 3.1.1.1.2, recommends to support at least, and
    /// all that `zstd` asks for up to level 19. A frame's window is memory that its sender chooses.
    private static let largestWindowLog: Int32 = 23
    /// The longest head of a frame, with its magic number (RFC 8878, 3.1.1.1).
    private static let longestHead = 18

    private let context: OpaquePointer
    private var isInsideFrame = false
    private var hasBegun = false
    /// Bytes of the frame so far, up to those of the longest head.
    private var headBytes = 0
    /// How many bytes the library wants next.
    private var wanted = 0

    /// Throws an `IngestError` where there is no memory.
    init() throws {
        guard let context = ZSTD_createDCtx() else {
            throw IngestError(cannotDecompress: "zstd", reason: "no memory")
        }
        let code = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.largestWindowLog)
        guard ZSTD_isError(code) == 0 else {
            ZSTD_freeDCtx(context)
            throw IngestError(cannotDecompress: "zstd", reason: String(cString: ZSTD_getErrorName(code)))
        }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    mutating func step(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws -> DecompressionStep {
        if !isInsideFrame {
            guard let first = input.first else { return DecompressionStep(consumed: 0, produced: 0) }
            guard first == 0x28 || first & 0xf0 == 0x50 else { throw DamagedInput(coding: .zstd, reason: .damaged) }
            isInsideFrame = true
            hasBegun = true
            headBytes = 0
        }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: min(input.count, share), pos: 0)
        var sink = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        let code = ZSTD_decompressStream(context, &sink, &source)
        guard ZSTD_isError(code) == 0 else { throw Self.error(code) }
        // 0: the frame has ended, and all of it has come out.
        if code == 0 { isInsideFrame = false }
        wanted = code
        headBytes = min(Self.longestHead, headBytes + source.pos)
        return DecompressionStep(consumed: source.pos, produced: sink.pos)
    }

    /// How many bytes the library gets in one call.
    private var share: Int {
        // A head byte by byte. The library also reads the formats before 0.8, and gives them as much memory as they ask
        // for: wherever a head is wrong, it looks whether four bytes of the call are their magic number.
        if headBytes < Self.longestHead { return 1 }
        // Then block by block, without the three bytes of the next one's head: nothing comes out of a call that fails,
        // and what stands before the damage must not be lost with it.
        return max(1, wanted - 3)
    }

    private static func error(_ code: Int) -> any Error {
        switch ZSTD_getErrorCode(code) {
        case ZSTD_error_memory_allocation: IngestError(cannotDecompress: "zstd", reason: "no memory")
        case ZSTD_error_frameParameter_windowTooLarge: DamagedInput(coding: .zstd, reason: .windowTooLarge)
        case ZSTD_error_dictionary_wrong: DamagedInput(coding: .zstd, reason: .dictionaryNeeded)
        default: DamagedInput(coding: .zstd, reason: .damaged)
        }
    }

    mutating func memory() -> Int { ZSTD_sizeof_DCtx(context) }

    mutating func finish() throws {
        guard hasBegun, !isInsideFrame else { throw DamagedInput(coding: .zstd, reason: .truncated) }
    }
}
