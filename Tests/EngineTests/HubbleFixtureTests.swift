import AppConfiguration
import Domain
import Foundation
import NetworkLearner
import PolicyEvaluator
import Store
import Testing

@testable import Engine

/// Hand-made awkward flows and real ones, without any cluster objects.
struct HubbleFixtureTests {
    private static let cornerCases = Inputs(flows: [Fixtures.own("hubble/corner-cases.ndjson")])

    private static func ports(_ policies: [NetworkPolicy]) -> [UInt16] {
        policies.flatMap { $0.ingress + $0.egress }.flatMap(\.ports).compactMap { port in
            guard case .number(let number)? = port.port else { return nil }
            return number.rawValue
        }
    }

    private static func blocks(_ policies: [NetworkPolicy]) -> [String] {
        policies.flatMap { $0.ingress + $0.egress }.flatMap(\.peers).compactMap { peer in
            guard case .ipBlock(let range, _) = peer else { return nil }
            return range.description
        }
    }

    @Test func `learns no reply and no client port`() throws {
        let report = try ObservedCluster(Self.cornerCases).preview(.network)
        try #require(report.policies.count >= 6)
        #expect(!Self.ports(report.policies).contains(45678))
        let web = try #require(report.policy("shop/Deployment/web"))
        #expect(Self.ports([web]).contains(443))
        #expect(!web.ingress.contains { rule in rule.ports.contains { $0.port == .number(Port(8080)) } })
    }

    @Test func `allows DNS over UDP and TCP wherever it restricts egress`() throws {
        let restricted = try ObservedCluster(Self.cornerCases).preview(.network).policies.filter {
            $0.policyTypes.contains(.egress)
        }
        try #require(!restricted.isEmpty)
        for policy in restricted {
            let ports = policy.egress.flatMap(\.ports).filter { $0.port == .number(Port(53)) }.map(\.protocol)
            #expect(Set(ports) == [.tcp, .udp], "\(policy.namespace)/\(policy.name)")
        }
    }

    @Test func `learns nothing from a drop`() throws {
        let report = try ObservedCluster(Self.cornerCases).preview(.network)
        #expect(report.policy("default/Deployment/attacker") == nil)
        #expect(!report.yaml.contains("attacker"))
        let db = try #require(report.policy("shop/Deployment/db"))
        #expect(db.ingress.flatMap(\.peers).count == 3)
    }

    @Test func `learns what a policy audits or redirects`() throws {
        let learned = try ObservedCluster(Self.cornerCases).learn().network.learned.map(\.text)
        #expect(learned.contains("shop/Deployment/web -> shop/Deployment/db TCP/5432"))
        #expect(learned.contains("shop/Deployment/web -> shop/Deployment/api TCP/8080"))
    }

    @Test func `holds back another cluster's peer and reports ICMP`() throws {
        let held = try ObservedCluster(Self.cornerCases).learn().network.heldBack
        #expect(held.contains { $0.reason == .otherCluster && $0.what.contains("eu2") })
        #expect(held.contains { $0.reason == .notExpressible })
    }

    @Test func `makes no rule for the host's probes`() throws {
        let report = try ObservedCluster(Self.cornerCases).preview(.network)
        let api = try #require(report.policy("shop/Deployment/api"))
        #expect(!Self.blocks([api]).contains("10.1.0.155/32"))
        #expect(!report.yaml.contains("reserved"))
    }

    @Test func `writes an outside IPv6 address as a host, in its short form`() throws {
        let flow = FlowLine(from: .pod("shop", "web"), to: .world("2001:0DB8:0000::00A1"), port: 443)
        let folder = try TemporaryFolder()
        let inputs = Inputs(flows: [try folder.write(flow.text + "\n", to: "flows.ndjson")])
        #expect(Self.blocks(try ObservedCluster(inputs).preview(.network).policies) == ["2001:db8::a1/128"])
    }

    @Test(
        .enabled(if: !Fixtures.gatheredFlows.isEmpty, "the gathered flows are not beside this repository"),
        arguments: Fixtures.gatheredFlows)
    func `allows all that it learns from real flows, and no client port`(_ file: URL) throws {
        let observed = try ObservedCluster(Inputs(flows: [file]))
        guard try observed.session.store.newestObservation(cluster: observed.settings.cluster) != nil else {
            // Files of application-layer records or health checks alone: nothing to learn from.
            #expect(Self.withoutConnections.contains(file.lastPathComponent))
            return
        }
        let report = try observed.preview(.network)
        #expect(report.replay.allowed == report.replay.observed)
        #expect(!Self.ports(report.policies).contains { Port($0).isEphemeral })
        #expect(!report.policies.isEmpty || !report.learned.network.heldBack.isEmpty)
    }

    private static let withoutConnections: Set = [
        "basic-sample-330-dns-flows.json", "basic-sample-400-icmpv4-flows.json", "basic-sample-5-dns-flows.json",
        "basic-sample-5-http-flows.json",
    ]
}
