import Decoders
import Domain
import Foundation
import Ingest
import Testing

/// Files as managed clouds deliver them.
@Suite struct CloudInputTests {
    enum Form: CaseIterable {
        case cloudWatch, insights, subscription, firehose, filtered, azure, azureBatch, mixed

        func text(_ events: [String]) throws -> String {
            switch self {
            case .cloudWatch:
                return events.map { #"{"timestamp":1,"message":\#(Self.quoted($0))}"# }.joined(separator: "\n")
            case .insights:
                return "[" + events.map { #"{"@ptr":"x","@message":\#($0)}"# }.joined(separator: ",\n") + "]"
            case .subscription: return Self.subscription(events[...])
            case .firehose:
                // Firehose writes one record after the other, with nothing between.
                return Self.subscription(events[..<70]) + Self.subscription([]) + Self.subscription(events[70...])
            case .filtered:
                return "{\n    \"events\": [\n"
                    + events.map { "{\n\"logStreamName\": \"s\",\n\"message\": \(Self.quoted($0))\n}" }.joined(
                        separator: ",\n")
                    + "\n    ],\n    \"searchedLogStreams\": []\n}\n"
            case .azure: return events.map(Self.azure).joined(separator: "\n")
            case .azureBatch: return #"{"records":["# + events.map(Self.azure).joined(separator: ",") + "]}\n"
            case .mixed:
                let half = events.count / 2
                return events[0] + "\n" + Self.subscription(events[1..<half]) + "\n" + #"{"records":["#
                    + events[half..<(half + 9)].map(Self.azure).joined(separator: ", ") + "]}\n["
                    + events[(half + 9)..<(half + 20)].joined(separator: ",") + "]\n"
                    + events[(half + 20)...].map(Self.azure).joined(separator: "\n")
            }
        }

        static func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }

        private static func subscription(_ events: ArraySlice<String>) -> String {
            let elements = events.map { #"{"id":"7","timestamp":1,"message":\#(quoted($0))}"# }.joined(separator: ",")
            return
                #"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/eks/c/cluster","logEvents":[\#(elements)]}"#
        }

        private static func azure(_ event: String) -> String {
            #"{"category":"kube-audit","properties":{"log":\#(quoted(event + #"\n"#).replacing(#"\\n"#, with: #"\n"#))}}"#
        }
    }

    private static func events() throws -> [String] {
        try Fixtures.own("audit/audit.log").split(separator: "\n").map(String.init)
    }

    @Test(arguments: Form.allCases, [1 << 20, 997])
    func `every form gives what plain events give`(form: Form, piece: Int) throws {
        let events = try Self.events()
        let expected = try ingest(.audit, events.joined(separator: "\n"))
        let (result, summary) = try ingest(.audit, form.text(events), piece: piece)
        #expect(summary.rejected.total == 0, "\(summary.diagnostics.first.debugDescription)")
        #expect(summary.records == 167)
        #expect(result == expected.result)
    }

    @Test func `files of several clouds are read in one run, and bad records are named by their place`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clouds-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let events = try Self.events()
        let entry =
            #"{"protoPayload":{"serviceName":"k8s.io","methodName":"io.k8s.core.v1.secrets.VERB","#
            + #""resourceName":"core/v1/namespaces/shop/secrets/smtp","authenticationInfo":{"principalEmail":"eve@x.org"}},"#
            + #""labels":{"authorization.k8s.io/decision":"DECISION"},"timestamp":"2026-11-01T00:00:00Z"}"#
        let google = [("get", "allow"), ("delete", "forbid")].map {
            entry.replacing("VERB", with: $0).replacing("DECISION", with: $1)
        }
        let files = [
            ("eks.gz", gzip(Array(try Form.firehose.text(events).utf8))),
            ("gke.json", Array(("[" + (google + [#"{"textPayload":"x"}"#]).joined(separator: ",\n") + "]").utf8)),
            ("aks.json", Array("{\"records\":[\(#"{"category":"kube-audit","properties":{"log":"{"}}"#)]}\n".utf8)),
        ]
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        var result = IngestResult()
        let summary = try IngestRun(source: .audit, cluster: ClusterName("test")).run(
            inputs: try InputFile.list([folder.path]), into: { result.merge($0) })
        #expect(summary.records == 167 + 3 + 1)
        #expect(
            summary.diagnostics.map { "\($0.file.split(separator: "/").last ?? "") \($0.line) \($0.kind.rawValue)" }
                == [
                    "aks.json 1 not JSON", "gke.json 3 not a record of this source",
                ])
        let eve = result.accesses.keys.filter { $0.subject.name == "eve@x.org" }
        #expect(
            Set(eve.map { "\($0.action.verb) \($0.action.name) \($0.decision)" }) == [
                "get smtp allowed", "delete smtp denied",
            ])
        #expect(result.accesses.count > 50)
    }

    @Test func `a list that breaks off inside of a message keeps what came before`() throws {
        let events = Array(try Self.events().prefix(4))
        let text = String(try Form.subscription.text(events).dropLast(400))
        let summary = try ingest(.audit, text).summary
        #expect(summary.records == 4)
        #expect(summary.rejected[.notJSON] == 1)
    }
}
