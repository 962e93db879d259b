import Decoders
import Ingest
import NIOCore

/// Why a body was not taken to its end.
enum BodyFailure: Error {
    /// There is no memory for it now.
    case busy
    case tooLarge
    case tooLargeForKey
    /// It is not what `Content-Encoding` says; what came before is folded in.
    case damaged(DamagedInput, Lane.Ended?)
}

/// A body that is decoded while it comes, in memory that does not grow with it.
struct StreamedBody {
    /// So much is collected before the lane is asked: a call for each packet would cost more than the decoding.
    private static let pieceBytes = 256 << 10

    private let lane: Lane
    private let intake: Intake
    private let input: Lane.InputNumber
    private let maximum: Int
    private let length: Int?
    private let share: MemoryShare
    private var decompressor: HeldDecompressor?
    private var pieces = BodyPieces()
    private var size = 0
    private var isOpen = true
    /// What the lane holds of the body.
    private var pending = 0

    /// - Parameter owner: the sender whose memory it takes; nil for somebody without a name.
    init(
        _ lane: Lane, _ intake: Intake, _ head: BodyHead, name: String, owner: String?, maximum: Int
    ) async throws {
        self.lane = lane
        self.intake = intake
        self.maximum = maximum
        length = head.length
        share = MemoryShare(of: intake.budget, owner: owner)
        decompressor = try head.coding.map { try HeldDecompressor($0, limit: maximum) }
        input = await lane.open(name)
    }

    /// Takes a further piece, as it comes from the network.
    mutating func take(_ piece: ByteBuffer) async throws {
        size += piece.readableBytes
        guard size <= maximum else { throw BodyFailure.tooLarge }
        pieces.append(piece)
        // Many slow bodies must not keep the memory that a fast one needs: then each is decoded as it comes.
        if pieces.count >= Self.pieceBytes || intake.budget.isTight { return try await handOn() }
        try hold()
    }

    /// Decodes what is left; the records are in the lane's next commit, or in earlier ones.
    mutating func finish() async throws -> Lane.Ended {
        if let length, length != size { throw BodyBrokeOff() }
        try await handOn()
        await intake.committer.beginWork()
        do {
            try decompressor?.finish()
            let ended = try await lane.end(input)
            isOpen = false
            await intake.committer.endWork()
            return ended
        } catch {
            await intake.committer.endWork()
            throw try await damaged(error)
        }
    }

    /// Lets go of a body that broke off; returns what was folded in of it, and nil where it has been ended.
    mutating func abandon() async -> IngestSummary? {
        guard isOpen else { return nil }
        isOpen = false
        return await lane.abandon(input)
    }

    private func hold() throws {
        // A frame's window is as large as its sender likes, up to 8 MiB.
        let window = decompressor?.memory ?? 0
        guard share.hold(pieces.count + pending + window) else { throw BodyFailure.busy }
    }

    private mutating func handOn() async throws {
        guard pieces.count > 0 else { return }
        await intake.committer.beginWork()
        do {
            let standing = try await decode()
            await intake.committer.endWork()
            pieces.removeAll()
            pending = standing.pendingBytes
            try hold()
            if standing.weight >= Intake.mostRows {
                try await intake.committer.commit(lane, since: standing.firstCut)
            }
        } catch let error as DamagedInput {
            await intake.committer.endWork()
            throw try await damaged(error)
        } catch {
            await intake.committer.endWork()
            throw error
        }
    }

    private mutating func decode() async throws -> Lane.Standing {
        guard let decompressor else { return try await lane.append(pieces.pieces, to: input) }
        var standing: Lane.Standing?
        for piece in pieces.pieces {
            var rest = piece
            repeat {
                let plain = try decompressor.next(&rest)
                try hold()
                standing = try await lane.append([plain], to: input)
                // The rest of a packet can be gigabytes: others get their turn, and the lane its commit.
                if let standing, standing.weight >= Intake.mostRows { try await pause(standing) }
            } while decompressor.hasMore
        }
        return if let standing { standing } else { try await lane.append([], to: input) }
    }

    /// Waits for a commit while decoding; the commit need not wait for this body meanwhile.
    private func pause(_ standing: Lane.Standing) async throws {
        await intake.committer.endWork()
        do {
            try await intake.committer.commit(lane, since: standing.firstCut)
        } catch {
            await intake.committer.beginWork()
            throw error
        }
        await intake.committer.beginWork()
    }

    /// The failure of damaged data: what came before it is good, and stays.
    private mutating func damaged(_ error: any Error) async throws -> any Error {
        guard let damage = error as? DamagedInput else { return error }
        if damage.reason == .tooLarge { return BodyFailure.tooLarge }
        isOpen = false
        return BodyFailure.damaged(damage, try await lane.end(input, because: damage.kind))
    }
}

/// A decompressor that lives as long as a body, and gives plain bytes piece by piece.
final class HeldDecompressor {
    /// What one call gives at most.
    private static let plainBytes = 256 << 10

    private var decompressor: BodyDecompressor
    /// True where the last call filled its piece, so that there may be more.
    private(set) var hasMore = false

    init(_ coding: ContentCoding, limit: Int) throws {
        decompressor = try BodyDecompressor(coding, limit: limit)
    }

    /// What it holds, in bytes.
    var memory: Int { decompressor.memory() }

    /// The next plain bytes; the input's front is consumed.
    func next(_ input: inout ByteBuffer) throws -> ByteBuffer {
        var plain = ByteBuffer()
        plain.reserveCapacity(Self.plainBytes)
        var consumed = 0
        var filled = false
        try plain.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.plainBytes) { target in
            let room = UnsafeMutableRawBufferPointer(rebasing: target.prefix(Self.plainBytes))
            let step = try input.withUnsafeReadableBytes { try decompressor.step($0, into: room) }
            consumed = step.consumed
            filled = step.produced == room.count
            return step.produced
        }
        input.moveReaderIndex(forwardBy: consumed)
        hasMore = filled || input.readableBytes > 0
        return plain
    }

    func finish() throws { try decompressor.finish() }
}

/// A body that was received whole.
enum WholeBody {
    /// Hands on its plain bytes. Throws `BodyFailure`.
    static func feed(
        _ pieces: [ByteBuffer], _ coding: ContentCoding?, maximum: Int, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let coding else {
            for piece in pieces { try piece.withUnsafeReadableBytes(take) }
            return
        }
        do {
            var decompressor = try BodyDecompressor(coding, limit: maximum)
            for piece in pieces { try piece.withUnsafeReadableBytes { try decompressor.feed($0, take) } }
            try decompressor.finish()
        } catch let damage as DamagedInput {
            throw damage.reason == .tooLarge ? BodyFailure.tooLarge : BodyFailure.damaged(damage, nil)
        }
    }
}
