@testable import HubbleRelay

/// Messages by hand, and what the transcoder makes of them.
enum Bytes {
    /// A message of fields that a closure adds.
    static func message(_ build: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        build(&writer)
        return writer.bytes
    }

    /// A response around a flow.
    static func response(_ build: (inout ProtobufWriter) -> Void) -> [UInt8] {
        message { $0.add(1, bytes: message(build)) }
    }

    /// A message with gRPC's five bytes before it.
    static func frame(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        let length = UInt32(message.count)
        return [flag] + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt32($0)) }
            + message
    }

    /// The line of a message, without its line end.
    static func line(_ message: [UInt8]) throws -> String {
        var lines = LineBuffer()
        var transcoder = FlowTranscoder()
        _ = try message.withUnsafeBytes { try transcoder.transcode($0, into: &lines) }
        let text = lines.withBytes { String(decoding: $0, as: UTF8.self) }
        return String(text.dropLast(text.hasSuffix("\n") ? 1 : 0))
    }
}
