import Foundation
import Testing

@testable import HubbleRelay

@Suite struct FlowTranscoderTests {
    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a flow becomes the line that hubble prints, without what nobody reads`() throws {
        let endpoint = Bytes.message {
            $0.add(1, integer: 77)
            $0.add(4, bytes: Self.text("k8s:app=web"))
            $0.add(2, integer: 10792)
            $0.add(
                6,
                bytes: Bytes.message {
                    $0.add(1, bytes: Self.text("web"))
                    $0.add(2, bytes: Self.text("Deployment"))
                })
            $0.add(3, bytes: Self.text("shop"))
            $0.add(4, bytes: Self.text("k8s:tier=\"a\\b\"\n"))
            $0.add(5, bytes: Self.text("web-1"))
            $0.add(7, bytes: Self.text("prod"))
        }
        let message = Bytes.response {
            $0.add(1, seconds: 1_793_491_201, nanoseconds: 500_000_000)
            $0.add(2, integer: 1)
            $0.add(
                5,
                bytes: Bytes.message {
                    $0.add(1, bytes: Self.text("10.1.0.141"))
                    $0.add(2, bytes: Self.text("10.1.0.147"))
                })
            $0.add(
                6,
                bytes: Bytes.message {
                    $0.add(
                        1,
                        bytes: Bytes.message {
                            $0.add(1, integer: 45678)
                            $0.add(2, integer: 8080)
                            $0.add(3, bytes: Bytes.message { $0.add(2, integer: 1) })
                        })
                })
            $0.add(8, bytes: endpoint)
            $0.add(10, integer: 1)
            $0.add(11, bytes: Self.text("prod/n1"))
            $0.add(14, bytes: Self.text("api.example.com"))
            $0.add(22, integer: 2)
            $0.add(26, bytes: [])
            $0.add(36, integer: 1)
            $0.add(100000, bytes: Self.text("TCP Flags: SYN"))
        }
        let expected =
            #"{"flow":{"time":"2026-11-01T00:00:01.500Z","verdict":"FORWARDED","IP":{"source":"10.1.0.141","#
            + #""destination":"10.1.0.147"},"l4":{"TCP":{"source_port":45678,"destination_port":8080,"#
            + #""flags":{"SYN":true}}},"source":{"identity":10792,"cluster_name":"prod","namespace":"shop","#
            + #""labels":["k8s:app=web","k8s:tier=\"a\\b\"\u000a"],"pod_name":"web-1","#
            + #""workloads":[{"name":"web","kind":"Deployment"}]},"Type":"L3_L4","node_name":"prod/n1","#
            + #""destination_names":["api.example.com"],"traffic_direction":"EGRESS","trace_reason":"NEW","#
            + #""is_reply":false}}"#
        #expect(try Bytes.line(message) == expected)
    }

    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (1_793_491_201, 1, "2026-11-01T00:00:01.000000001Z"),
            (1_793_491_201, 120_000, "2026-11-01T00:00:01.000120Z"),
            (1_793_577_599, 7_000_000, "2026-11-01T23:59:59.007Z"),
            (9_214_646_399, 999_999_999, "2261-12-31T23:59:59.999999999Z"),
        ] as [(Int64, Int32, String)])
    func `times have 0, 3, 6 or 9 digits`(seconds: Int64, nanoseconds: Int32, expected: String) throws {
        let line = try Bytes.line(Bytes.response { $0.add(1, seconds: seconds, nanoseconds: nanoseconds) })
        #expect(line == #"{"flow":{"time":"\#(expected)"}}"#)
    }

    @Test(
        arguments: [(-1, 0), (9_214_646_400, 0), (0, -1), (0, 1_000_000_000), (.max, 0), (.min, 0)] as [(Int64, Int32)])
    func `what is no moment is a fault`(seconds: Int64, nanoseconds: Int32) {
        let message = Bytes.response { $0.add(1, seconds: seconds, nanoseconds: nanoseconds) }
        #expect(throws: ProtobufFault.time) { try Bytes.line(message) }
    }

    @Test func `the envelope's time counts where the flow has none`() throws {
        let message = Bytes.message {
            $0.add(1001, seconds: 1, nanoseconds: 0)
            $0.add(1, bytes: [])
        }
        #expect(try Bytes.line(message) == #"{"flow":{},"time":"1970-01-01T00:00:01Z"}"#)
    }

    @Test func `enums without a name are numbers`() throws {
        let message = Bytes.response {
            $0.add(2, integer: 200)
            $0.add(10, integer: UInt64(bitPattern: -1))
        }
        #expect(try Bytes.line(message) == #"{"flow":{"verdict":200,"Type":-1}}"#)
    }

    @Test func `application layers keep what the decoder asks`() throws {
        let dns = Bytes.message {
            $0.add(1, integer: 2)
            $0.add(
                100,
                bytes: Bytes.message {
                    $0.add(1, bytes: Self.text("a.b."))
                    $0.add(2, bytes: Self.text("1.2.3.4"))
                    $0.add(3, integer: 30)
                    $0.add(2, bytes: Self.text("::1"))
                })
        }
        let expected = #"{"flow":{"l7":{"type":"RESPONSE","dns":{"query":"a.b.","ips":["1.2.3.4","::1"]}}}}"#
        #expect(try Bytes.line(Bytes.response { $0.add(15, bytes: dns) }) == expected)
        let http = Bytes.message { $0.add(101, bytes: Bytes.message { $0.add(2, bytes: Self.text("GET")) }) }
        #expect(try Bytes.line(Bytes.response { $0.add(15, bytes: http) }) == #"{"flow":{"l7":{"http":{}}}}"#)
        let kafka = Bytes.message { $0.add(102, bytes: []) }
        #expect(try Bytes.line(Bytes.response { $0.add(15, bytes: kafka) }) == #"{"flow":{"l7":{"kafka":{}}}}"#)
    }

    @Test func `losses and nodes are lines, other messages are none`() throws {
        let lost = Bytes.message {
            $0.add(
                3,
                bytes: Bytes.message {
                    $0.add(1, integer: 3)
                    $0.add(2, integer: .max)
                })
        }
        #expect(
            try Bytes.line(lost)
                == #"{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"18446744073709551615"}}"#)
        let node = Bytes.message { $0.add(2, bytes: Bytes.message { $0.add(1, integer: 4) }) }
        #expect(try Bytes.line(node) == #"{"node_status":{"state_change":"NODE_ERROR"}}"#)
        #expect(try Bytes.line(Bytes.message { $0.add(4, bytes: [1]) }) == "")
    }

    @Test func `what cannot be read leaves no trace`() throws {
        var lines = LineBuffer()
        var transcoder = FlowTranscoder()
        let good = Bytes.response { $0.add(2, integer: 1) }
        // The flow is begun before its endpoint turns out to be broken.
        let bad = Bytes.response {
            $0.add(2, integer: 1)
            $0.add(8, bytes: [0x22, 0x05, 0x61])
        }
        for message in [good, bad, good] {
            try message.withUnsafeBytes { bytes in
                if message == bad {
                    #expect(throws: ProtobufFault.truncated) { try transcoder.transcode(bytes, into: &lines) }
                } else {
                    _ = try transcoder.transcode(bytes, into: &lines)
                }
            }
        }
        let text = lines.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(text == String(repeating: "{\"flow\":{\"verdict\":\"FORWARDED\"}}\n", count: 2))
    }

    @Test func `every text comes out as it went in`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...40, using: &generator)
            let scalars = (0..<count).map { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x17f, using: &generator)) ?? "x"
            }
            let text = String(String.UnicodeScalarView(scalars))
            let line = try Bytes.line(Bytes.response { $0.add(13, bytes: Self.text(text)) })
            let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [String: [String]]]
            #expect(parsed?["flow"]?["source_names"]?.first?.unicodeScalars.elementsEqual(scalars) == true)
            #expect(!line.contains("\n"))
        }
    }

    @Test func `random and damaged messages are lines or faults`() throws {
        var generator = SeededGenerator(seed: 12)
        var outcomes = [0, 0]
        for round in 0..<6000 {
            var message = RandomFlow.response(using: &generator)
            for _ in 0..<(round % 4) where !message.isEmpty {
                let at = Int.random(in: message.indices, using: &generator)
                message[at] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 5 == 0 { message = Array(message.prefix(Int.random(in: 0...message.count, using: &generator))) }
            guard let line = try? Bytes.line(message) else {
                outcomes[1] += 1
                #expect(round % 4 > 0 || round % 5 == 0, "a message that nobody damaged")
                continue
            }
            outcomes[0] += 1
            guard !line.isEmpty, !line.contains("\u{fffd}") else { continue }
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
        }
        #expect(outcomes.allSatisfy { $0 > 500 })
    }
}
