/// Wraps bytes as one gzip member of stored blocks (RFC 1951, 3.2.4; RFC 1952).
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
        let block = bytes[start..<min(bytes.count, start + 65535)]
        start += block.count
        let length = UInt16(block.count)
        result.append(start == bytes.count ? 1 : 0)
        result += littleEndian(length) + littleEndian(~length)
        result += block
    } while start < bytes.count
    return result + littleEndian(crc32(bytes)) + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
}

func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = .max
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
    }
    return ~sum
}
