import Foundation
import Testing
import Yams

/// The built program as people and scripts use it.
@Suite(.enabled(if: Executable.isThere, "the program leastwise is not built beside the tests"))
struct CommandLineTests {
    private static let flows = Fixtures.own("hubble/corner-cases.ndjson").path

    /// The program with a store that has seen everything of the own fixtures.
    private static func filled() throws -> Executable {
        let leastwise = try Executable()
        for arguments in [["hubble", flows], ["audit", AuditStory.log.path]] {
            let outcome = try leastwise.run(["observe"] + arguments)
            try #require(outcome.status == 0, "\(outcome.all)")
        }
        return leastwise
    }

    private static let statuses: [(arguments: [String], status: Int32)] = [
        (["preview", "--colour"], 64), (["observe", "falco", "x"], 64), (["observe", "hubble"], 64),
        (["observe", "hubble", "--at", "yesterday", "x"], 64), (["preview", "--output", "xml"], 64),
        (["preview", "--config", "absent.yaml"], 64), (["preview"], 1), (["observe", "hubble", "absent.ndjson"], 1),
        (["explain", "web"], 1), (["--help"], 0), (["--version"], 0),
    ]

    @Test(arguments: statuses)
    func `ends with the documented status`(_ arguments: [String], status: Int32) throws {
        let outcome = try Executable().run(arguments)
        #expect(outcome.status == status, "\(outcome.all)")
        if status != 0 {
            #expect(outcome.output.isEmpty, "messages belong on standard error")
            #expect(!outcome.errors.isEmpty)
        }
    }

    @Test func `names the nearest key for one that it does not know`() throws {
        let leastwise = try Executable()
        let file = try leastwise.folder.write("proposals:\n  minimumMatureness: stable\n", to: "wrong.yaml")
        let outcome = try leastwise.run(["preview", "--config", file.path])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("minimumMatureness") && outcome.errors.contains("proposals.minimumMaturity"))
    }

    @Test func `says what to do where nothing was observed`() throws {
        let outcome = try Executable().run(["preview"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("leastwise observe"), "\(outcome.errors)")
    }

    @Test func `names the clusters that it knows for one that it does not`() throws {
        let outcome = try Self.filled().run(["preview", "--cluster", "staging"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("'staging'") && outcome.errors.contains("holds default"), "\(outcome.errors)")
    }

    @Test func `does not send to the cluster that was asked for`() throws {
        let leastwise = try Executable()
        let text = try String(contentsOfFile: Self.flows, encoding: .utf8)
        let applicationLayer = text.split(separator: "\n").filter { $0.contains(#""Type":"L7""#) }
        try #require(!applicationLayer.isEmpty)
        let file = try leastwise.folder.write(applicationLayer.joined(separator: "\n") + "\n", to: "flows.ndjson")
        #expect(try leastwise.run(["observe", "hubble", file.path]).status == 0)
        let outcome = try leastwise.run(["preview"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("leastwise observe"), "\(outcome.errors)")
    }

    @Test func `reads the same from a file, a folder, standard input and gzip`() throws {
        let expected = try preview(["observe", "hubble", Self.flows])
        try #require(expected.contains("kind: NetworkPolicy"))
        #expect(try preview(["observe", "hubble", "-"], input: Fixtures.own("hubble/corner-cases.ndjson")) == expected)

        let folder = try TemporaryFolder()
        let text = try String(contentsOf: Fixtures.own("hubble/corner-cases.ndjson"), encoding: .utf8)
        _ = try folder.write(text, to: "logs/inner/flows.ndjson")
        #expect(try preview(["observe", "hubble", folder.url.appending(path: "logs").path]) == expected)

        let packed = try folder.write(text, to: "packed.ndjson")
        let gzip = try Program.run(URL(filePath: "/usr/bin/env"), ["gzip", packed.path])
        try #require(gzip.status == 0, "\(gzip.all)")
        #expect(try preview(["observe", "hubble", packed.path + ".gz"]) == expected)
    }

    private func preview(_ observe: [String], input: URL? = nil) throws -> String {
        let leastwise = try Executable()
        let observed = try leastwise.run(observe, input: input)
        #expect(observed.status == 0, "\(observed.all)")
        return try leastwise.run(["preview", "--output", "yaml"]).output
    }

    @Test func `counts the objects that it observed`() throws {
        let outcome = try Executable().run(["observe", "objects", AuditStory.objects.path, AuditStory.grants.path])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("ClusterRole") && outcome.output.contains("0 gone"), "\(outcome.all)")
    }

    @Test func `prints a preview that other programs can read`() throws {
        let leastwise = try Self.filled()
        let json = try leastwise.run(["preview", "--output", "json"])
        #expect(json.status == 0 && json.errors.isEmpty, "\(json.errors)")
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((document?["items"] as? [Any])?.isEmpty == false)

        let yaml = try leastwise.run(["preview", "--output", "yaml"])
        let kinds = try Yams.load_all(yaml: yaml.output).map { ($0 as? [String: Any])?["kind"] as? String }
        #expect(
            Set(kinds) == [
                "NetworkPolicy", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
            ])

        let summary = try leastwise.run(["preview"])
        #expect(summary.status == 0 && summary.output.contains("shop/Deployment/web"))
        let diff = try leastwise.run(["preview", "--output", "diff"])
        #expect(diff.status == 0 && diff.output.contains("+kind: NetworkPolicy"))
    }

    @Test func `shows one workload or one namespace if asked`() throws {
        let leastwise = try Self.filled()
        let web = try leastwise.run(["preview", "--workload", "shop/Deployment/web", "--output", "yaml"]).output
        #expect(try Yams.load_all(yaml: web).map { _ in 1 }.count == 1)
        let access = try leastwise.run(["preview", "--namespace", "warehouse", "--kind", "rbac", "--output", "yaml"])
        #expect(access.output.contains("picker") && !access.output.contains("NetworkPolicy"))
    }

    @Test func `explains a rule with its evidence`() throws {
        let outcome = try Self.filled().run(["explain", "shop/Deployment/web"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("shop/Deployment/api") && outcome.output.contains("TCP/8080"))
        #expect(outcome.output.contains("2026-11-01"))
        let unknown = try Self.filled().run(["explain", "nobody"])
        #expect(unknown.status == 1 && unknown.errors.contains("nobody"))
    }

    @Test func `examines its store`() throws {
        let outcome = try Self.filled().run(["doctor"])
        #expect(outcome.output.contains { $0.isNewline })
        let store = outcome.output.split(separator: "\n").first { $0.hasPrefix("store") }
        #expect(store?.contains("ok") == true && store?.contains("schema") == true, "\(outcome.all)")
    }

    @Test func `lists grants that nobody uses, and explains those that exist`() throws {
        let leastwise = try Self.filled()
        let text = try leastwise.run(["preview", "--kind", "rbac", "--unused"])
        #expect(
            text.status == 0 && text.errors.isEmpty && text.output.hasPrefix("no roles and bindings"),
            "\(text.all)")
        let json = try leastwise.run(["preview", "--unused", "--output", "json"])
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(document?["unused"] != nil && document?["usedInPart"] != nil)
        for wrong in [
            ["--unused", "--output", "yaml"], ["--unused", "--output", "diff"], ["--parts"],
            ["--unused", "--kind", "network"],
        ] {
            #expect(try leastwise.run(["preview"] + wrong).status == 64, "\(wrong)")
        }
    }

    @Test func `doctor looks at what the service would start with`() throws {
        let leastwise = try Self.filled()
        _ = try leastwise.folder.write("senders:\n  - name: a\n    sorces: [hubble]\n", to: "senders.yaml")
        let configuration = try leastwise.folder.write(
            "server:\n  sendersFile: \(leastwise.folder.url.path)/senders.yaml\n", to: "service.yaml")
        let outcome = try leastwise.run(["doctor", "--config", configuration.path])
        #expect(outcome.status == 5)
        #expect(outcome.output.contains("did you mean 'sources'?"), "\(outcome.output)")
        _ = try leastwise.folder.write("senders: []\n", to: "senders.yaml")
        #expect(try leastwise.run(["doctor", "--config", configuration.path]).output.contains("0 in "))
    }

    @Test func `examines the audit policy, and stops where it cannot be read`() throws {
        let leastwise = try Self.filled()
        let policy = try leastwise.folder.write("kind: Policy\nrules: 7\n", to: "audit-policy.yaml")
        let configuration = try leastwise.folder.write("rbac: {auditPolicy: \(policy.path)}\n", to: "audit.yaml")
        let outcome = try leastwise.run(["doctor", "--config", configuration.path])
        #expect(outcome.status == 5 && outcome.output.contains("audit policy  WRONG"), "\(outcome.all)")
        let preview = try leastwise.run(["preview", "--unused", "--config", configuration.path])
        #expect(preview.status == 64 || preview.status == 1, "\(preview.all)")
        #expect(preview.errors.contains("audit-policy.yaml"))
    }

    private static let secret = "ghs_Sup3rS3cretT0kenThatNobodyMaySee0123456789"

    private func expectNoSecret(_ outcome: Program.Outcome, _ arguments: [String]) {
        let hidden = [Self.secret, Data("bot:\(Self.secret)".utf8).base64EncodedString()]
        #expect(!hidden.contains { outcome.all.contains($0) }, "\(arguments)")
        #expect(!outcome.all.isEmpty)
    }

    @Test func `prints no secret that it was told to use`() throws {
        let leastwise = try Self.filled()
        let token = try leastwise.folder.write(Self.secret + "\n", to: "token")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: token.path)
        let configuration = try leastwise.folder.write(
            """
            repository:
              url: http://127.0.0.1:9/platform/gitops.git
              username: bot
              tokenFile: \(token.path)
            forge:
              kind: github
              api: http://127.0.0.1:9
              tokenFile: \(token.path)
              repository: platform/gitops
            """, to: "leastwise.yaml")
        for arguments in [
            ["doctor"], ["propose"], ["propose", "--dry-run", "--minimum-maturity", "learning"],
            ["preview", "--output", "diff"], ["preview", "--output", "json"], ["explain", "web"],
        ] {
            let outcome = try leastwise.run(
                arguments + ["--config", configuration.path], environment: ["LEASTWISE_FORGE_TOKEN": Self.secret])
            expectNoSecret(outcome, arguments)
        }
    }

    @Test(arguments: [
        "forge:\n  token: SECRET\n", "repository:\n  url: http://bot:SECRET@127.0.0.1:9/gitops.git\n",
        "forge:\n  tokenFile: [SECRET]\n",
    ])
    func `prints no secret that was written where none belongs`(_ text: String) throws {
        let leastwise = try Self.filled()
        let configuration = try leastwise.folder.write(
            text.replacing("SECRET", with: Self.secret), to: "leastwise.yaml")
        for arguments in [["doctor"], ["propose"], ["preview", "--output", "diff"]] {
            expectNoSecret(try leastwise.run(arguments + ["--config", configuration.path]), arguments)
        }
    }
}
