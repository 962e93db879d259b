import Decoders
import Domain
import Testing

/// What every decoder owes: no input makes it fail, and every record is counted once.
@Suite struct DecoderContractTests {
    enum Kind: CaseIterable, CustomTestStringConvertible {
        case hubble, audit

        func make(tableBytes: Int = 1 << 20) -> any RecordDecoder {
            self == .hubble ? HubbleDecoder(tableBytes: tableBytes) : AuditDecoder(tableBytes: tableBytes)
        }

        var line: String { self == .hubble ? FlowText().line : EventText().line }
        var file: String { self == .hubble ? "hubble/corner-cases.ndjson" : "audit/audit.log" }
        var testDescription: String { self == .hubble ? "hubble" : "audit" }
    }

    private static let malformed: [(String, Diagnostic.Kind)] = [
        ("{broken", .notJSON), ("[1,2", .notJSON), ("not json at all", .notJSON), ("{", .notJSON), ("}", .notJSON),
        (#"{"flow":"#, .notJSON), (#"{"a":"b}"#, .notJSON), (#"{"a":1}}"#, .notJSON), (#"{"a":1}{"a":2}"#, .notJSON),
        (#"{"a":"\u0000\#u{0}"}"#, .notJSON), ("{\"a\":\"tab\there\"}", .notJSON), ("{}", .notThisSource),
        (#"{"a":1}"#, .notThisSource), ("[]", .notThisSource), ("12", .notThisSource), (#""text""#, .notThisSource),
        ("null", .notThisSource), (#"{"items":[]}"#, .notThisSource), (#"{"flow":null}"#, .notThisSource),
        (String(repeating: #"{"a":"#, count: 10000) + "1" + String(repeating: "}", count: 10000), .notThisSource),
        (#"{"a":"# + String(repeating: "[", count: 10000) + String(repeating: "]", count: 10000) + "}", .notThisSource),
    ]

    @Test(arguments: Kind.allCases, malformed) func `a malformed record is rejected and costs no other`(
        kind: Kind, record: (text: String, reason: Diagnostic.Kind)
    ) {
        let decoding = Decoding(kind.make(), lines: [kind.line, record.text, kind.line])
        #expect(decoding.records.rejected.sorted.map(\.reason) == [record.reason], "\(record.text.prefix(40))")
        #expect(decoding.records.observed == 2)
        #expect(decoding.records.count == 3)
    }

    @Test(arguments: Kind.allCases) func `bytes that are no UTF-8 are rejected as such`(kind: Kind) {
        let good = Array(kind.line.utf8)
        let bad = Array(#"{"a":""#.utf8) + [0xff, 0xc3, 0x28] + Array(#""}"#.utf8)
        let decoding = Decoding(kind.make(), bytes: good + [10] + bad + [10] + good)
        #expect(decoding.rejected == [.notText])
        #expect(decoding.records.observed == 2)
    }

    @Test(arguments: [
        (#""l4":{"TCP":{"source_port":1e3,"destination_port":80}},"#), (#""l4":{"TCP":{"destination_port":65536}},"#),
        (#""l4":{"TCP":{"destination_port":-1}},"#), (#""l4":{"TCP":{"destination_port":"http"}},"#),
        (#""l4":{"TCP":{"destination_port":123456789012345678901234567890}},"#), (#""l4":[],"#), (#""l4":"TCP","#),
        (#""l4":{"TCP":{"flags":{"SYN":"yes"}}},"#), (#""l4":{"TCP":7},"#),
    ]) func `a field of the wrong type rejects the flow`(transport: String) {
        let text = FlowText().with { $0.transport = transport }
        #expect(Decoding(HubbleDecoder(), lines: [text.line]).rejected == [.wrongType])
    }

    @Test(arguments: [
        FlowText().with { $0.addresses = #""IP":{"source":12},"# },
        FlowText().with { $0.addresses = #""IP":{"source":"1.2.3"},"# }, FlowText().with { $0.source = "[]" },
        FlowText().with { $0.source = #"{"namespace":"Upper","pod_name":"p"}"# },
        FlowText().with { $0.source = #"{"namespace":"a","pod_name":"p\n"}"# },
        FlowText().with { $0.source = #"{"namespace":"a","workloads":[{"name":"w: {}","kind":"Job"}]}"# },
        FlowText().with { $0.time = #""time":"2026-13-01T00:00:00Z","# }, FlowText().with { $0.time = #""time":5,"# },
        FlowText().with { $0.rest = #""is_reply":"no""# }, FlowText().with { $0.rest = #""destination_names":"x""# },
    ]) func `a name or a value that cannot be rejects the flow`(text: FlowText) {
        #expect(Decoding(HubbleDecoder(), lines: [text.line]).rejected == [.wrongType])
    }

    @Test(arguments: [#""time":"2026-11-01T00:00:00Z","#]) func `of duplicate keys the last one counts`(time: String) {
        let text = FlowText().with {
            $0.time += time
            $0.transport += FlowText.udp(40000, 53)
        }
        let decoding = Decoding(HubbleDecoder(), lines: [text.line])
        #expect(decoding.records.connections.map(\.time) == [Timestamp("2026-11-01T00:00:00Z")])
        #expect(decoding.connections.first?.hasSuffix("UDP 53 opened") == true)
    }

    @Test(arguments: Kind.allCases) func `a text too long to be a name rejects its record`(kind: Kind) {
        let long = String(repeating: "x", count: 70000)
        let line = kind.line.replacing("client-1", with: long).replacing("dana", with: long)
        let decoding = Decoding(kind.make(), lines: [line, kind.line])
        #expect(decoding.rejected == [.tooLong])
        #expect(decoding.records.observed == 1)
    }

    @Test(arguments: Kind.allCases) func `full tables stop the decoder, and a reset frees them`(kind: Kind) {
        let decoder = kind.make(tableBytes: 4096)
        var records = DecodedRecords()
        let lines = (0..<200).map { kind.line.replacing("client-1", with: "c-\($0)").replacing("dana", with: "d\($0)") }
        let bytes = Array(lines.joined(separator: "\n").utf8) + [UInt8](repeating: 0, count: 64)
        var start = 0
        var stops = 0
        bytes.withUnsafeBytes { all in
            while start < bytes.count - 64 {
                let rest = UnsafeRawBufferPointer(rebasing: all[start..<(bytes.count - 64)])
                let progress = decoder.decode(rest, as: .lines(isLast: true), into: &records)
                start += progress.consumed
                if progress.stop == .tablesFull {
                    stops += 1
                    decoder.reset()
                }
            }
        }
        #expect(records.observed == 200)
        #expect(stops > 2)
    }

    @Test(arguments: Kind.allCases) func `damaged records never harm the decoder`(kind: Kind) throws {
        var random = SeededGenerator(seed: 20_261_101)
        let lines = try Fixtures.own(kind.file).split(separator: "\n").map { Array($0.utf8) }
        let decoder = kind.make()
        let structural = Array(#"{}[]":,\0 -9enull"#.utf8) + [0, 0xff, 0x80, 10]
        for _ in 0..<3000 {
            var line = lines[Int.random(in: 0..<lines.count, using: &random)]
            for _ in 0...Int.random(in: 0..<4, using: &random) where !line.isEmpty {
                let at = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: line[at] = structural[Int.random(in: 0..<structural.count, using: &random)]
                case 1: line.remove(at: at)
                case 2: line.insert(structural[Int.random(in: 0..<structural.count, using: &random)], at: at)
                default: line = Array(line[..<max(1, at)])
                }
            }
            let records = Decoding(decoder, bytes: line).records
            #expect(records.observed + records.ignored.total + records.rejected.total == records.count)
        }
    }
}
