import Decoders
import Domain
import HubbleRelay
import Ingest

/// What Hubble Relay sends: frames of gRPC, and the messages in them.
enum RelayFuzzing {
    static func run(_ input: FuzzInput) {
        let lines = input.check % 2 == 0 ? message(input.bytes) : frames(input)
        // Whatever the message was, the line is one that the decoder reads as a record.
        var records = 0
        let session = IngestSession(source: .hubble, cluster: ClusterName("fuzz")) { records += $0.rows }
        do {
            try lines.bytes.withUnsafeBytes { try session.append($0) }
            try session.end()
            try session.flush()
        } catch {
            fatalError("a list of batches refuses none: \(error)")
        }
        let summary = session.summary
        expect(summary.records == lines.count, "\(lines.count) lines make \(summary.records) records")
        expect(summary.rejected[.notJSON] == 0, "a line is no JSON")
    }

    private struct Lines {
        var bytes: [UInt8] = []
        var count = 0
    }

    private static func message(_ bytes: [UInt8]) -> Lines {
        var lines = Lines()
        bytes.withUnsafeBytes { add($0, to: &lines) }
        return lines
    }

    private static func frames(_ input: FuzzInput) -> Lines {
        var lines = Lines()
        var frames = GRPCFrames(maxMessageBytes: 1 << 16)
        // Frames that are none end the stream.
        try? FuzzInput.cut(input.bytes, input.pieceSize) { piece in
            try frames.take(piece) { add($0, to: &lines) }
        }
        return lines
    }

    private static func add(_ message: UnsafeRawBufferPointer, to lines: inout Lines) {
        var transcoder = FlowTranscoder()
        var buffer = LineBuffer()
        guard let record = try? transcoder.transcode(message, into: &buffer), record.kind != .other else {
            expect(buffer.count == 0, "a message that cannot be read leaves something behind")
            return
        }
        lines.count += 1
        lines.bytes += buffer.withBytes { Array($0) }
    }

    /// A flow, lost events and a node's status, alone and framed; field numbers of observer.proto and flow.proto.
    static var seeds: [[UInt8]] {
        let messages = [flow, lost, nodeStatus]
        let framed = messages.map { message in
            [0] + withUnsafeBytes(of: UInt32(message.count).bigEndian) { Array($0) } + message
        }
        return messages + framed + [framed.flatMap { $0 }]
    }

    private static func message(_ build: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        build(&writer)
        return writer.bytes
    }

    private static func endpoint(_ name: String) -> [UInt8] {
        message {
            $0.add(2, integer: 1000)
            $0.add(3, bytes: "shop".utf8)
            $0.add(4, bytes: "k8s:app=\(name)".utf8)
            $0.add(5, bytes: "\(name)-7f9c8d6b5-abcde".utf8)
            $0.add(6, bytes: message { $0.add(1, bytes: name.utf8) })
        }
    }

    private static var flow: [UInt8] {
        message {
            $0.add(
                1,
                bytes: message {
                    $0.add(1, seconds: 1_793_000_000, nanoseconds: 5)
                    $0.add(2, integer: 1)
                    $0.add(
                        5,
                        bytes: message {
                            $0.add(1, bytes: "10.0.0.1".utf8)
                            $0.add(2, bytes: "10.0.0.2".utf8)
                            $0.add(4, integer: 1)
                        })
                    let ports = message {
                        $0.add(1, integer: 40_000)
                        $0.add(2, integer: 8080)
                        $0.add(3, bytes: message { $0.add(2, integer: 1) })
                    }
                    $0.add(6, bytes: message { $0.add(1, bytes: ports) })
                    $0.add(8, bytes: endpoint("web"))
                    $0.add(9, bytes: endpoint("api"))
                    $0.add(10, integer: 1)
                    $0.add(11, bytes: "n1".utf8)
                    $0.add(14, bytes: "api.example.org".utf8)
                    $0.add(22, integer: 2)
                    $0.add(26, bytes: message { $0.add(1, integer: 1) })
                    $0.add(34, bytes: "d2c1".utf8)
                })
            $0.add(1000, bytes: "n1".utf8)
            $0.add(1001, seconds: 1_793_000_000, nanoseconds: 5)
        }
    }

    private static var lost: [UInt8] {
        message {
            $0.add(
                3,
                bytes: message {
                    $0.add(1, integer: 2)
                    $0.add(2, integer: 7)
                })
            $0.add(1001, seconds: 1_793_000_000, nanoseconds: 0)
        }
    }

    private static var nodeStatus: [UInt8] {
        message {
            $0.add(
                2,
                bytes: message {
                    $0.add(1, integer: 2)
                    $0.add(2, bytes: "n2".utf8)
                })
        }
    }
}
