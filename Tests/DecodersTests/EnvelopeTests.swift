import Decoders
import Domain
import Testing

/// Events inside of what CloudWatch (EKS) and Azure Monitor (AKS) put around them.
@Suite struct EnvelopeTests {
    private static func event(_ change: (inout EventText) -> Void = { _ in }) -> String {
        EventText().with(change).line
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    private static let azure = #""time":"2026-11-02T00:00:00Z","operationName":"Microsoft.ContainerService/read","#

    private static func azureRecord(_ log: String, category: String = "kube-audit") -> String {
        #"{\#(azure)"category":"\#(category)","properties":{"log":\#(log),"stream":"stdout","pod":"kube-apiserver-0"}}"#
    }

    @Test(arguments: [
        #"{"message":\#(quoted(event())),"timestamp":1761955200000,"ingestionTime":1}"#,
        #"{"id":"3","timestamp":1761955200000,"message":\#(quoted(event() + "\n"))}"#,
        #"{"@timestamp":"2026-11-01 00:00:00.000","@message":\#(quoted(event()))}"#, #"{"@message":\#(event())}"#,
        #"{"@message":{ },"message":\#(event())}"#, azureRecord(quoted(event())), azureRecord(event()),
        azureRecord(quoted(" " + event()), category: "kube-audit-admin"),
        #"{"properties":{"log":\#(quoted(event()))},"category":"kube-audit","message":"see properties"}"#,
    ]) func `an event in an envelope is what it is without`(envelope: String) {
        let plain = Decoding(AuditDecoder(), lines: [Self.event()])
        let decoding = Decoding(AuditDecoder(), lines: [Self.event(), envelope, Self.event()])
        #expect(decoding.rejected == [])
        #expect(decoding.accesses.dropLast() == plain.accesses + plain.accesses)
        #expect(Set(decoding.records.accesses.map(\.time)) == Set(plain.records.accesses.map(\.time)))
        #expect(decoding.samples[1] == plain.samples[0])
        #expect(decoding.decoder.tables.users.count == 1)
    }

    @Test func `a refusal in an envelope is one`() {
        let refused = Self.event {
            $0.decision = "forbid"
            $0.code = 403
        }
        let lines = [#"{"message":\#(Self.quoted(refused))}"#, Self.azureRecord(Self.quoted(refused))]
        #expect(Decoding(AuditDecoder(), lines: lines).accesses.allSatisfy { $0.hasSuffix("denied") })
        let received = Self.event { $0.stage = "RequestReceived" }
        let ignored = Decoding(AuditDecoder(), lines: [#"{"message":\#(Self.quoted(received))}"#])
        #expect(ignored.ignored == [.requestReceived])
    }

    @Test(
        arguments: [
            (#"{"timestamp":1761955200000,"message":MESSAGE}"#, "2025-11-01T00:00:00Z"),
            (#"{"message":MESSAGE,"timestamp":"2026-11-03T00:00:00Z"}"#, nil),
            (
                #"{"time":"2026-11-02T00:00:00Z","category":"kube-audit","properties":{"log":MESSAGE}}"#,
                "2026-11-02T00:00:00Z"
            ),
            (#"{"timestamp":-5,"message":MESSAGE}"#, nil), (#"{"timestamp":99999999999999999,"message":MESSAGE}"#, nil),
            (#"{"timestamp":[],"time":{},"message":MESSAGE}"#, nil),
        ] as [(String, String?)]) func `an event without a time has its envelope's`(envelope: String, time: String?)
    {
        let event = Self.quoted(Self.event { $0.time = #""x":1"# })
        let decoding = Decoding(AuditDecoder(), lines: [envelope.replacing("MESSAGE", with: event)])
        #expect(decoding.records.accesses.map(\.time) == [time.flatMap { Timestamp($0) }].compactMap { $0 })
        #expect(decoding.rejected == (time == nil ? [.missingTime] : []))
    }

    @Test(
        arguments: [
            (#"{"message":"I1101 00:00:00 1 controller.go:1] started"}"#, .notThisSource),
            (#"{"message":""}"#, .notThisSource), (#"{"message":7}"#, .notThisSource),
            (#"{"message":[]}"#, .notThisSource),
            (#"{"message":"{\"a\":1}"}"#, .notThisSource), (#"{"message":"{}"}"#, .notThisSource),
            (#"{"message":"{"}"#, .notJSON), (#"{"message":"{\"kind\":\"Event\",\"apiVersion\":\"audit"}"#, .notJSON),
            (#"{"message":\#(quoted(event() + event()))}"#, .notJSON),
            (#"{"message":\#(quoted(event() + "]"))}"#, .notJSON),
            (#"{"message":"\ud800"}"#, .notJSON),
            (#"{"message":\#(quoted(event { $0.code = nil; $0.stage = "Later" }))}"#, .wrongType),
            (#"{"message":\#(quoted(event { $0.user = "null" }))}"#, .missingField),
            (#"{"message":\#(quoted(#"{"message":\#(quoted(event()))}"#))}"#, .notThisSource),
            (#"{"message":\#(quoted(#"{"items":[\#(event())]}"#))}"#, .notThisSource),
            (azureRecord("null"), .notThisSource), (azureRecord(#""""#), .notThisSource),
            (azureRecord(quoted(event()), category: "guard"), .notThisSource),
            (#"{"category":"kube-audit","properties":[]}"#, .notThisSource),
            (#"{"category":"kube-audit","properties":{"log":"{"}}"#, .notJSON),
            (#"{"category":"Administrative","operationName":"x"}"#, .notThisSource),
        ] as [(String, Diagnostic.Kind)]) func `a bad record inside costs no other`(
            envelope: String, kind: Diagnostic.Kind
        )
    {
        let good = #"{"message":\#(Self.quoted(Self.event()))}"#
        let decoding = Decoding(AuditDecoder(), lines: [good, envelope, good])
        #expect(decoding.rejected == [kind], "\(envelope)")
        #expect(decoding.records.rejections.map(\.line) == [1])
        #expect(decoding.records.observed == 2)
        #expect(decoding.records.count == 3)
    }

    @Test func `an event of its own is no envelope, whatever was added to it`() {
        let additions =
            #""message":"{","properties":{"log":5},"labels":["a"],"operation":7,"category":"kube-audit","#
            + #""protoPayload":{"methodName":"io.k8s.core.v1.secrets.get","serviceName":"k8s.io"},"time":1,"#
        let line = Self.event().replacing(#""stage":"#, with: additions + #""stage":"#)
        let decoding = Decoding(AuditDecoder(), lines: [line])
        #expect(decoding.accesses == ["User dana: list pods in shop allowed"])
        let numbered = Self.event().replacing(#""stage":"#, with: #""timestamp":1761955200000,"stage":"#)
        #expect(Decoding(AuditDecoder(), lines: [numbered]).rejected == [.wrongType])
    }

    @Test func `deep and long texts inside are bounded`() {
        let deep = String(repeating: #"{"a":"#, count: 5000) + "1" + String(repeating: "}", count: 5000)
        let long = Self.event { $0.verb = String(repeating: "x", count: 70000) }
        let wide = Self.event { $0.uri += "?" + String(repeating: "y", count: 700_000) }
        let lines = [deep, long, wide, Self.event()].map { #"{"message":\#(Self.quoted($0))}"# }
        let decoding = Decoding(AuditDecoder(), lines: lines)
        #expect(decoding.rejected == [.notThisSource, .tooLong].sorted())
        #expect(decoding.records.observed == 2)
    }

    @Test func `damaged envelopes never harm the decoder`() {
        var random = SeededGenerator(seed: 20_261_125)
        let forms = [
            #"{"message":\#(Self.quoted(Self.event())),"timestamp":1}"#, Self.azureRecord(Self.quoted(Self.event())),
            LogEntryText().line, LogEntryText(labels: #"{"authorization.k8s.io/decision":"allow"}"#).line,
        ].map { Array($0.utf8) }
        let structural = Array(#"{}[]":,\0 -9enull"#.utf8) + [0, 0xff, 0x80, 10]
        let decoder = AuditDecoder()
        for round in 0..<4000 {
            var line = forms[round % forms.count]
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
