@testable import HubbleRelay

/// Valid messages with fields of any number and order, known and unknown.
enum RandomFlow {
    private static let messages: [UInt32] = [5, 6, 8, 9, 15, 26]

    static func response(using generator: inout SeededGenerator) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.add(1, bytes: flow(using: &generator))
        if Bool.random(using: &generator) { writer.add(1000, bytes: text(using: &generator)) }
        if Bool.random(using: &generator) { writer.add(1001, seconds: 1_793_491_201, nanoseconds: 5) }
        return writer.bytes
    }

    private static func flow(using generator: inout SeededGenerator) -> [UInt8] {
        var writer = ProtobufWriter()
        for _ in 0..<Int.random(in: 0...15, using: &generator) {
            switch Int.random(in: 0...4, using: &generator) {
            case 0: writer.add(1, seconds: Int64.random(in: 0...9_000_000_000, using: &generator), nanoseconds: 7)
            case 1:
                let number = [2, 10, 16, 22, 36, 40].randomElement(using: &generator) ?? 2
                writer.add(UInt32(number), integer: UInt64.random(in: 0...12, using: &generator))
            case 2:
                let number = [11, 13, 14, 34, 21006].randomElement(using: &generator) ?? 11
                writer.add(UInt32(number), bytes: text(using: &generator))
            default:
                let number = messages.randomElement(using: &generator) ?? 5
                writer.add(number, bytes: inner(number, using: &generator))
            }
        }
        return writer.bytes
    }

    private static func inner(_ number: UInt32, using generator: inout SeededGenerator) -> [UInt8] {
        var writer = ProtobufWriter()
        let word = text(using: &generator)
        switch number {
        case 5: writer.add(1, bytes: word)
        case 6:
            var ports = ProtobufWriter()
            ports.add(2, integer: UInt64.random(in: 0...70000, using: &generator))
            writer.add(UInt32.random(in: 1...9, using: &generator), bytes: ports.bytes)
        case 15:
            writer.add(1, integer: 2)
            writer.add(100, bytes: Bytes.message { $0.add(2, bytes: word) })
        case 26: writer.add(1, integer: 1)
        default:
            for field: UInt32 in [3, 4, 5, 7, 4] { writer.add(field, bytes: word) }
            writer.add(6, bytes: Bytes.message { $0.add(1, bytes: word) })
        }
        return writer.bytes
    }

    private static func text(using generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...24, using: &generator)).map { _ in UInt8.random(in: 0...0x7f, using: &generator) }
    }
}
