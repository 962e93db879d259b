import AppConfiguration
import Domain
import Testing

@Suite struct SettingsTests {
    @Test func `has a default for every setting`() throws {
        let settings = try Settings(ResolvedConfiguration(flags: [:], environment: [:], file: .empty))
        #expect(settings.cluster == ClusterName("default"))
        #expect(settings.database == nil)
        #expect(settings.repository.url == nil)
        #expect(settings.repository.base == "main")
        #expect(settings.repository.path == "policies/{namespace}")
        #expect(settings.repository.timeoutSeconds == 120)
        #expect(settings.forge.kind == .none)
        #expect(settings.forge.labels.isEmpty)
        #expect(settings.proposals.groupBy == .namespace)
        #expect(settings.proposals.minimumMaturity == .stable)
        #expect(settings.proposals.proposesNetwork && settings.proposals.proposesAccess)
        #expect(
            settings.learning.maturity
                == MaturityThresholds(
                    stabilizingDays: 3, stableDays: 7, quietDays: 3, stableHours: 0, minimumCoverage: 70))
        #expect(settings.learning.nodeRanges.isEmpty)
    }

    @Test func `takes a flag before the environment before the file before the default`() throws {
        let flags = ["cluster": "flag"]
        let environment = ["LEASTWISE_CLUSTER": "environment"]
        let file = "cluster: file"
        #expect(try Self.settings(file, environment, flags).cluster.rawValue == "flag")
        #expect(try Self.settings(file, environment).cluster.rawValue == "environment")
        #expect(try Self.settings(file).cluster.rawValue == "file")
        #expect(try Self.settings("").cluster.rawValue == "default")
    }

    @Test func `takes lists with commas from flags and the environment`() throws {
        let file = "forge: {labels: ['from, file']}\nproposals: {kinds: [rbac]}"
        #expect(try Self.settings(file).forge.labels == ["from, file"])
        let set = try Self.settings(
            file, ["LEASTWISE_FORGE_LABELS": " a , b,, c "], ["proposals.kinds": "network", "forge.reviewers": ""])
        #expect(set.forge.labels == ["a", "b", "c"])
        #expect(set.forge.reviewers.isEmpty)
        #expect(set.proposals.proposesNetwork && !set.proposals.proposesAccess)
        #expect(try !Self.settings(file).proposals.proposesNetwork)
        #expect(try Self.settings(file, ["LEASTWISE_FORGE_LABELS": ""]).forge.labels.isEmpty)
    }

    @Test(arguments: [
        ("forge: {kind: gihub}", "github"), ("forge: {kind: GitHub}", "github"),
        ("proposals: {groupBy: spaces}", "namespace"),
        ("proposals: {minimumMaturity: stabel}", "stable"), ("proposals: {kinds: [policy]}", "network"),
        ("maturity: {stableDays: -1}", "whole number"), ("maturity: {stableDays: 1.5}", "whole number"),
        ("maturity: {stableDays: ''}", "whole number"), ("maturity: {quietDays: seven}", "whole number"),
        ("network: {burstMinimumTargets: 99999999999999999999}", "whole number"),
        ("network: {nodeRanges: [10.0.0.0/33]}", "10.0.0.0/16"), ("network: {nodeRanges: [nodes]}", "10.0.0.0/16"),
        ("network: {apiServerRanges: [10.0.0.0/8, x]}", "10.0.0.0/16"),
        ("network: {clusterRanges: ['10.0.0.0/8 ']}", "10.0.0.0/16"), ("network: {profile: ciliun}", "'cilium'"),
        ("network: {dialect: calicostaged}", "'calicoStaged'"), ("network: {dialect: service-address}", "one of"),
        ("network: {metadataAccess: allowed}", "'allow'"), ("network: {portRanges: maybe}", "yes or no"),
        ("network: {dynamicPortThreshold: 0}", "from 1 to 65535"),
        ("network: {outsideUnseenAddresses: -1}", "from 0 up"), ("network: {outsideUnseenAddresses: 0.5}", "from 0 up"),
        ("network: {outsideMinimumAddresses: 1}", "from 2 to"), ("network: {outsideWidestIPv4: 0}", "from 1 to 32"),
        ("network: {outsideWidestIPv4: 33}", "from 1 to 32"), ("network: {outsideWidestIPv6: 0}", "from 1 to 128"),
        ("network: {outsideWidestIPv6: 200}", "from 1 to 128"),
        ("proposals: {namespaceDefaultDeny: often}", "yes or no"),
    ])
    func `refuses a value that it cannot take and says what it takes`(file: String, hint: String) {
        do {
            _ = try Self.settings(file)
            Issue.record("accepted")
        } catch let error as ConfigurationError {
            #expect(error.code == .badValue)
            #expect(error.hint.contains(hint))
        } catch {
            Issue.record(error)
        }
    }

    @Test func `takes how network policies are learned and written`() throws {
        let settings = try Self.settings(
            """
            network:
              profile: service-address
              dialect: calicoStaged
              metadataAccess: allow
              portRanges: yes
              dynamicPortThreshold: 8
              outsideUnseenAddresses: 256
              outsideMinimumAddresses: 3
              outsideWidestIPv4: 20
              outsideWidestIPv6: 48
            """
        ).network
        #expect(settings.profile == .serviceAddress && settings.dialect == .calicoStaged)
        #expect(settings.metadataAccess == .allow && settings.portRanges)
        #expect(settings.dynamicPortThreshold == 8)
        #expect(settings.outsideUnseenAddresses == 256 && settings.outsideMinimumAddresses == 3)
        #expect(settings.outsideWidestIPv4 == 20 && settings.outsideWidestIPv6 == 48)
    }

    @Test(arguments: [
        ("yes", true), ("true", true), ("'yes'", true), ("no", false), ("false", false), ("", false), ("''", false),
    ])
    func `takes yes and no, and what YAML calls them`(word: String, isOn: Bool) throws {
        let settings = try Self.settings("proposals:\n  namespaceDefaultDeny: \(word)\n")
        #expect(settings.proposals.namespaceDefaultDeny == isOn)
    }

    @Test func `takes ranges and single addresses`() throws {
        let settings = try Self.settings(
            "network: {nodeRanges: [10.1.2.3/16, '2001:db8::1'], apiServerRanges: 192.0.2.7, clusterRanges: ['fd00::/8']}"
        )
        #expect(settings.learning.nodeRanges.map(\.description) == ["10.1.0.0/16", "2001:db8::1/128"])
        #expect(settings.learning.apiServerRanges.map(\.description) == ["192.0.2.7/32"])
        #expect(settings.learning.clusterRanges.map(\.description) == ["fd00::/8"])
    }

    /// A key that nobody reads would be accepted and do nothing.
    @Test(arguments: ConfigurationKey.all)
    func `reads every key that there is`(key: ConfigurationKey) throws {
        let needed = Self.companions(of: key)
        let before = try Self.settings("", needed)
        let after: Settings
        do {
            after = try Self.settings("", needed.merging([key.environmentName: Self.otherValue(of: key)]) { $1 })
        } catch {
            Issue.record("\(key.path): \(error)")
            return
        }
        #expect(String(describing: before) != String(describing: after))
    }

    @Test func `is built from a file that sets every key`() throws {
        var lines: [String: [String]] = [:]
        for key in ConfigurationKey.all {
            let parts = key.path.split(separator: ".").map(String.init)
            let line = "\(parts.last ?? ""): \"\(Self.otherValue(of: key))\""
            lines[parts.count > 1 ? parts[0] : "", default: []].append(line)
        }
        let top = lines.removeValue(forKey: "") ?? []
        let sections = lines.map { "\($0.key):\n" + $0.value.map { "  \($0)\n" }.joined() }
        let settings = try Self.settings(top.joined(separator: "\n") + "\n" + sections.joined())
        #expect(settings.repository.sshKeyFile == "other")
        #expect(settings.access.namesThreshold == 41)
        #expect(settings.access.bundles == [.leaderElection])
        #expect(settings.forge.kind == .forgejo)
    }

    /// Settings without which a key may not be set, or means nothing.
    private static func companions(of key: ConfigurationKey) -> [String: String] {
        switch key.path {
        case "server.certificateFile", "server.keyFile", "server.clientCAFile":
            ["LEASTWISE_SERVER_CERTIFICATE_FILE": "c", "LEASTWISE_SERVER_KEY_FILE": "k"]
        case "relay.certificateFile", "relay.keyFile":
            [
                "LEASTWISE_RELAY_ADDRESS": "relay:80", "LEASTWISE_RELAY_CERTIFICATE_FILE": "c",
                "LEASTWISE_RELAY_KEY_FILE": "k",
            ]
        case _ where key.path.hasPrefix("relay."): ["LEASTWISE_RELAY_ADDRESS": "relay:80"]
        default: [:]
        }
    }

    private static func otherValue(of key: ConfigurationKey) -> String {
        switch key.kind {
        case .list where key.path == "rbac.excludedSubjects": return "User other"
        case .text where key.path == "server.listen": return "127.0.0.1:1"
        case .text where key.path == "relay.address": return "other:80"
        case .text where key.path == "schedule.learn": return "0 3 * * *"
        case .text: return "other"
        case .number where key.path == "retention.days": return "500"
        case .number where key.path == "network.outsideWidestIPv4": return "20"
        case .number: return "41"
        case .flag: return key.fallback == "no" ? "yes" : "no"
        case .choice(let words): return words.last { $0 != key.fallback } ?? ""
        case .list where key.path == "proposals.kinds": return "rbac"
        case .list where key.path == "rbac.bundles": return "leaderElection"
        case .list where key.path.hasSuffix("Ranges"): return "192.0.2.0/24"
        case .list: return "other"
        }
    }

    private static func settings(
        _ file: String, _ environment: [String: String] = [:], _ flags: [String: String] = [:]
    ) throws -> Settings {
        let file = try ConfigurationFile(parsing: file, name: "leastwise.yaml")
        return try Settings(ResolvedConfiguration(flags: flags, environment: environment, file: file))
    }
}
