import Ingest
import MalformedBodies

/// The decompressors of bodies.
struct CompressionFuzzing {
    let coding: ContentCoding
    /// Enough for every seed, and little enough for many runs a second.
    private static let limit = 1 << 20

    private struct Outcome: Equatable {
        var bytes: [UInt8] = []
        var damage: DamagedInput?
    }

    func run(_ input: FuzzInput) {
        let whole = outcome(input.bytes, .max)
        let cut = outcome(input.bytes, input.pieceSize)
        expect(whole.bytes == cut.bytes || whole.damage?.reason == .tooLarge, "in pieces other bytes come out")
        // Zeros behind a member, or the first bytes of a further one, come whole or not: what is wrong is the same.
        expect(
            whole.damage == cut.damage,
            "whole: \(String(describing: whole.damage)), in pieces: \(String(describing: cut.damage))")
    }

    private func outcome(_ bytes: [UInt8], _ size: Int) -> Outcome {
        var outcome = Outcome()
        do {
            var body = try BodyDecompressor(coding, limit: Self.limit)
            do {
                try FuzzInput.cut(bytes, size) { piece in
                    try body.feed(piece) {
                        expect($0.count <= 64 << 10 && !$0.isEmpty, "a piece of \($0.count) bytes")
                        outcome.bytes += $0
                    }
                }
                try body.finish()
            }
            expect(body.produced == outcome.bytes.count, "what came out is counted wrongly")
        } catch let damage as DamagedInput {
            outcome.damage = damage
        } catch {
            fatalError("damage is no other error: \(error)")
        }
        expect(outcome.bytes.count <= Self.limit, "the limit is passed")
        return outcome
    }

    var seeds: [[UInt8]] {
        MalformedBody.sampled.filter { $0.contentEncoding == coding.rawValue }.map(\.bytes).filter { $0.count < 8192 }
    }
}
