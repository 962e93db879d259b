import Testing

@testable import HubbleRelay

@Suite struct ProtobufReaderTests {
    /// The fields in words, or the fault.
    private func read(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { bytes in
            var reader = ProtobufReader(bytes)
            var words: [String] = []
            do throws(ProtobufFault) {
                while let field = try reader.next() { words.append("\(field.number)=\(Self.show(field.value))") }
            } catch {
                words.append("\(error)")
            }
            return words.joined(separator: " ")
        }
    }

    private static func show(_ value: ProtobufField.Value) -> String {
        switch value {
        case .varint(let number): "\(number)"
        case .fixed64(let number): "q\(number)"
        case .fixed32(let number): "d\(number)"
        case .bytes(let bytes): "\(Array(bytes))"
        }
    }

    @Test(
        arguments: [
            ([], ""),
            // The examples of protobuf.dev/programming-guides/encoding.
            ([0x08, 0x96, 0x01], "1=150"),
            ([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67], "2=[116, 101, 115, 116, 105, 110, 103]"),
            ([0x09, 1, 0, 0, 0, 0, 0, 0, 0x80], "1=q9223372036854775809"),
            ([0x0d, 1, 2, 0, 0], "1=d513"),
            ([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], "1=18446744073709551615"),
            ([0xf8, 0xff, 0xff, 0xff, 0x0f, 1], "536870911=1"),
            // A number in more bytes than it needs is a number.
            ([0x08, 0x81, 0x80, 0x00], "1=1"),
            ([0x08], "truncated"), ([0x08, 0x80], "truncated"), ([0x0a], "truncated"), ([0x0a, 0x01], "truncated"),
            ([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], "truncated"),
            ([0x09, 1, 2, 3], "truncated"), ([0x0d, 1], "truncated"),
            ([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], "varintTooLong"),
            ([0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], "varintTooLong"),
            ([0x00, 0x01], "fieldNumber"), ([0xff, 0xff, 0xff, 0xff, 0x7f, 1], "fieldNumber"),
            ([0x0b], "group"), ([0x0c], "group"), ([0x0e], "wireType"), ([0x08, 0x01, 0x0f], "1=1 wireType"),
        ] as [([UInt8], String)])
    func `reads fields, or says why not`(bytes: [UInt8], expected: String) {
        #expect(read(bytes) == expected)
    }

    @Test func `a field of another wire type is a fault`() throws {
        let bytes: [UInt8] = [0x08, 0x01, 0x12, 0x00]
        try bytes.withUnsafeBytes { bytes in
            var reader = ProtobufReader(bytes)
            let number = try #require(try reader.next())
            #expect(throws: ProtobufFault.wireType) { try number.bytes() }
            let text = try #require(try reader.next())
            #expect(throws: ProtobufFault.wireType) { try text.integer() }
        }
    }

    @Test func `what the writer writes, the reader reads`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let number = UInt32.random(in: 1...536_870_911, using: &generator)
            let value =
                UInt64.random(in: 1...UInt64.max, using: &generator) >> UInt64.random(in: 0...63, using: &generator)
            let bytes = Bytes.message {
                $0.add(number, integer: value)
                $0.add(number, bytes: [1, 2])
            }
            #expect(read(bytes) == (value == 0 ? "" : "\(number)=\(value) ") + "\(number)=[1, 2]")
        }
    }

    @Test func `random bytes end in fields or a fault`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5000 {
            let count = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Every field takes a byte at least, so that the walk has an end.
            #expect(read(bytes).split(separator: " ").count <= 41 * 40)
        }
    }
}
