extension InputFile {
    /// The whole file, decompressed if it is gzip or zstd, up to a number of bytes.
    ///
    /// Throws an `IngestError` where it cannot be read, is damaged, or is larger.
    package func contents(limit: Int) throws -> [UInt8] {
        var input = try ByteInput(self)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        do {
            while true {
                let count = try chunk.withUnsafeMutableBytes { try input.read(into: $0) }
                if count == 0 { return bytes }
                guard bytes.count + count <= limit else { throw tooLarge(limit) }
                bytes += chunk.prefix(count)
            }
        } catch let damage as DamagedInput {
            throw IngestError(
                code: .cannotRead, message: "\(path): \(damage)", hint: damage.hint, underlying: damage)
        }
    }

    private func tooLarge(_ limit: Int) -> IngestError {
        IngestError(
            code: .cannotRead, message: "\(path) holds more than \(limit >> 20) MiB",
            hint: "split it, for example one file a kind")
    }
}
