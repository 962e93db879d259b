import AppConfiguration
import Domain
import Foundation
import Ingest
import KubernetesClient
import ScriptedServers
import Testing

/// The files of deploy/examples, read by what they are for as far as it is here.
@Suite struct ExampleTests {
    private static func example(_ name: String) throws -> String { try Repository.text("deploy/examples/\(name)") }

    @Test func `the senders' file is one that the service takes`() throws {
        let senders = try SendersFile.parse(
            Self.example("senders.yaml"), file: "senders.yaml", sources: Set(IngestSource.allCases.map(\.rawValue)))
        #expect(senders.count == 5)
        #expect(senders.first { $0.name == "kube-apiserver" }?.sources == ["audit"])
        #expect(senders.first { $0.name == "flows" }?.tokenHashes.count == 2)
        #expect(senders.first { $0.name == "prometheus" }?.permissions == [.metrics])
        #expect(senders.filter { $0.sources.isEmpty }.count == 2)
    }

    /// The API server reads it with client-go's clientcmd; this reader follows the same rules.
    @Test func `the webhook's kubeconfig leads to the right path with a token over TLS`() throws {
        let folder = try TemporaryFolder()
        let text = try Self.example("audit-webhook.kubeconfig")
        let authority = "/etc/kubernetes/leastwise/ca.crt"
        #expect(text.contains(authority))
        try "-----BEGIN CERTIFICATE-----\n".write(toFile: folder.path("ca.crt"), atomically: true, encoding: .utf8)
        let file = folder.path("kubeconfig")
        try text.replacing(authority, with: folder.path("ca.crt")).write(
            toFile: file, atomically: true, encoding: .utf8)
        let access = try KubernetesAccess.find(kubeconfig: [file], environment: [:])
        #expect(access.server.hasPrefix("https://"))
        #expect(access.server.hasSuffix(":8429/v1/observations/audit"))
        #expect(access.serverName == "leastwise.leastwise.svc")
        #expect(access.caFile == folder.path("ca.crt"))
        guard case .token = access.credentials else {
            Issue.record("no token: \(access.credentials)")
            return
        }
    }

    @Test(.enabled(if: Tools.kubectl != nil, "run `make setup-deploy-tools` for kubectl"))
    func `kubectl reads the webhook's kubeconfig`() throws {
        let outcome = try ScriptedServer.run([
            try #require(Tools.kubectl), "config", "view", "--minify", "--output", "json", "--kubeconfig",
            Repository.path("deploy/examples/audit-webhook.kubeconfig"),
        ])
        #expect(outcome.status == 0, "\(outcome.output)")
        let view = try Fields(yaml: outcome.output)
        #expect(view["clusters"].list.first?[path: "cluster", "tls-server-name"].text == "leastwise.leastwise.svc")
    }

    @Test func `the audit policy records every request`() throws {
        let policy = try AuditPolicyFile.parse(Self.example("audit-policy.yaml"), name: "audit-policy.yaml")
        #expect(policy.rules.count == 1)
        #expect(policy.rules.first?.level == .metadata)
    }

    /// Names as in Vector's reference (vectordotdev/vector, website/cue/reference/components, 0.57).
    @Test func `Vector's options are those of its reference`() throws {
        let file = try Fields(yaml: Self.example("vector.yaml"))
        #expect(file.keys == ["data_dir", "secret", "sources", "sinks"])
        let source = file[path: "sources", "hubble"]
        #expect(source["type"].text == "file")
        #expect(
            source.keys.isSubset(of: ["type", "include", "oldest_first", "max_line_bytes", "exclude", "read_from"]))
        let sink = file[path: "sinks", "leastwise"]
        #expect(sink["type"].text == "http")
        #expect(
            sink.keys.isSubset(of: [
                "type", "inputs", "uri", "method", "encoding", "framing", "compression", "auth", "tls",
                "acknowledgements", "buffer", "batch", "request", "healthcheck",
            ]))
        #expect(sink["inputs"].texts == ["hubble"])
        #expect(sink[path: "framing", "method"].text == "newline_delimited")
        #expect(sink[path: "encoding", "codec"].text == "text")
        #expect(["gzip", "zstd"].contains(sink["compression"].text))
        #expect(sink[path: "auth", "strategy"].text == "bearer")
        #expect(sink[path: "acknowledgements", "enabled"].flag == true)
        #expect(sink[path: "buffer", "when_full"].text == "block")
        // A bound on tries would lose what a longer outage brings.
        #expect(!sink[path: "request", "retry_attempts"].isThere)
        let named = sink[path: "auth", "token"].text?.wholeMatch(of: /SECRET\[(\w+)\.(\w+)\]/)
        #expect(named.map { file[path: "secret", String($0.1)]["type"].text } == "directory")
    }

    /// Names as in Fluent Bit's manual (fluent/fluent-bit-docs) and the plugins' tables of options (in_tail, out_http).
    @Test func `Fluent Bit's options are those of its manual`() throws {
        let file = try Fields(yaml: Self.example("fluent-bit.yaml"))
        #expect(file.keys == ["service", "parsers", "pipeline"])
        let input = try #require(file[path: "pipeline", "inputs"].list.first)
        #expect(
            input.keys.isSubset(of: [
                "name", "tag", "path", "parser", "db", "db.locking", "read_from_head", "rotate_wait",
                "buffer_max_size", "skip_long_lines", "storage.type",
            ]))
        #expect(input["name"].text == "tail")
        // A parser that takes the time out of the record would leave records without one.
        let parser = file["parsers"].named(input["parser"].text ?? "")
        #expect(parser["format"].text == "json" && !parser["time_key"].isThere)
        let output = try #require(file[path: "pipeline", "outputs"].list.first)
        #expect(
            output.keys.isSubset(of: [
                "name", "match", "host", "port", "uri", "format", "json_date_key", "compress", "header",
                "log_response_payload", "retry_limit", "storage.total_limit_size", "tls", "tls.verify",
                "tls.verify_hostname", "tls.ca_file",
            ]))
        #expect(output["match"].text == input["tag"].text)
        #expect(output["format"].text == "json_lines")
        #expect(output["json_date_key"].flag == false)
        #expect(output["retry_limit"].text == "no_limits")
        #expect(output["tls"].flag == true && output["tls.verify"].flag == true)
        #expect(output["header"].texts == ["Authorization Bearer ${LEASTWISE_TOKEN}"])
        #expect(file[path: "service", "storage.path"].isThere && input["storage.type"].text == "filesystem")
    }

    @Test func `both send to a source that there is, and read what Cilium writes`() throws {
        let (vector, bit) = (
            try Fields(yaml: Self.example("vector.yaml")), try Fields(yaml: Self.example("fluent-bit.yaml"))
        )
        let export = try Fields(yaml: Self.example("cilium-values.yaml"))[path: "hubble", "export", "static"]
        let file = try #require(export["filePath"].text)
        let input = bit[path: "pipeline", "inputs"].list.first
        #expect(input?["path"].text == file)
        let pattern = try #require(vector[path: "sources", "hubble", "include"].texts.first)
        let parts = pattern.split(separator: "*")
        #expect(parts.count == 2 && file.hasPrefix(parts[0]) && file.hasSuffix(parts[1]))
        let output = bit[path: "pipeline", "outputs"].list.first
        let path = "/v1/observations/\(IngestSource.hubble.rawValue)"
        #expect(output?["uri"].text == path)
        let address = "\(output?["host"].text ?? ""):\(output?["port"].number ?? 0)"
        #expect(vector[path: "sinks", "leastwise", "uri"].text == "https://\(address)\(path)")
    }

    /// Whatever is left out of the export cannot be learned; these verdicts are what an observation can have.
    @Test func `Cilium's filter keeps every verdict that becomes an observation`() throws {
        let values = try Fields(yaml: Self.example("cilium-values.yaml"))[path: "hubble", "export", "static"]
        let filters = try values["allowList"].texts.map { try Fields(yaml: $0) }
        #expect(filters.count == 1)
        #expect(filters.first?.keys == ["verdict"])
        #expect(Set(filters.first?["verdict"].texts ?? []) == ["FORWARDED", "AUDIT", "REDIRECTED"])
        #expect(!values["fieldMask"].isThere)
    }
}
