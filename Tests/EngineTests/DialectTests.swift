import Domain
import Foundation
import Layout
import Rendering
import Testing

@testable import Engine

/// What is written in a dialect is read back as what it was, and fits the dialect's schema.
@Suite struct DialectTests {
    private static let cluster = ClusterName("c")

    private static func read(_ text: String) -> RepositoryObjects {
        RepositoryObjects(RepositoryTree(files: ["policies/p.yaml": Array(text.utf8)]), cluster: cluster)
    }

    private static func text(_ policy: NetworkPolicy) -> String { ManifestRenderer.document(policy).text }

    /// What a policy says, whatever its rules are cut into.
    private struct Meaning: Hashable {
        struct Cell: Hashable {
            let direction: NetworkPolicy.PolicyType
            let peer: NetworkPolicy.Peer
            let port: NetworkPolicy.PolicyPort
            let readsNames: Bool
        }

        var policy: NetworkPolicy
        let cells: Set<Cell>

        init(_ policy: NetworkPolicy) {
            cells = Set(
                NetworkPolicy.PolicyType.allCases.flatMap { direction in
                    policy.rules(direction).flatMap { rule in
                        rule.peers.flatMap { peer in
                            rule.ports.map {
                                Cell(direction: direction, peer: peer, port: $0, readsNames: rule.readsNames)
                            }
                        }
                    }
                })
            self.policy = policy
            self.policy.ingress = []
            self.policy.egress = []
        }
    }

    @Test(arguments: PolicyDialect.allCases)
    func `reads back what it wrote`(_ dialect: PolicyDialect) throws {
        for seed in 1...400 as ClosedRange<UInt64> {
            var random = RandomPolicies(seed: seed)
            let policy = random.policy(dialect)
            let read = Self.read(Self.text(policy))
            #expect(read.notes.isEmpty, "seed \(seed)")
            #expect(read.policies.map(Meaning.init) == [Meaning(policy)], "seed \(seed):\n\(Self.text(policy))")
            // What was read is written as the same text: an update that adds nothing changes nothing.
            #expect(read.policies.map(Self.text) == [Self.text(policy)], "seed \(seed)")
        }
    }

    @Test(
        .enabled(if: PolicySchemas.canCheck, "needs python3 with jsonschema and PyYAML, and ../shared/fixtures/schemas")
    )
    func `fits the schemas`() throws {
        let folder = try TemporaryFolder()
        for dialect in PolicyDialect.allCases {
            let documents = (1...300 as ClosedRange<UInt64>).map { seed in
                var random = RandomPolicies(seed: seed)
                return Self.text(random.policy(dialect))
            }
            let file = try folder.write(documents.joined(separator: "---\n"), to: "\(dialect.rawValue).yaml")
            for schema in PolicySchemas.of(dialect) {
                let checked = try PolicySchemas.check(file, against: schema)
                #expect(checked.status == 0, "\(schema.lastPathComponent): \(checked.all.suffix(2000))")
                #expect(checked.output == "300\n")
            }
        }
    }

    @Test(
        .enabled(if: PolicySchemas.canCheck, "needs python3 with jsonschema and PyYAML, and ../shared/fixtures/schemas")
    )
    func `the check of schemas sees a fault`() throws {
        let folder = try TemporaryFolder()
        var random = RandomPolicies(seed: 1)
        for (dialect, right, wrong) in [
            (PolicyDialect.cilium, "endpointSelector:", "endpointselector:"),
            (.calicoStaged, "stagedAction: Set", "stagedAction: Put"),
            (.calico, "types:", "type:"), (.kubernetes, "networking.k8s.io/v1", "networking.k8s.io/v9"),
        ] {
            let text = Self.text(random.policy(dialect))
            #expect(text.contains(right))
            let file = try folder.write(text.replacing(right, with: wrong), to: "wrong.yaml")
            for schema in PolicySchemas.of(dialect) {
                #expect(try PolicySchemas.check(file, against: schema).status == 1, "\(schema.lastPathComponent)")
            }
        }
    }

    @Test func `says which policies of a repository are not judged`() {
        let deny = """
            apiVersion: cilium.io/v2
            kind: CiliumNetworkPolicy
            metadata: {name: deny, namespace: shop}
            spec: {endpointSelector: {}, ingressDeny: [{}]}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: wide}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: broken, namespace: shop}
            spec: {podSelector: [], policyTypes: [Ingress]}
            """
        let read = Self.read(deny)
        #expect(read.policies.isEmpty)
        #expect(
            read.notes == [
                "policies/p.yaml: cilium.io/CiliumNetworkPolicy shop/deny is not judged: its deny rules cannot be judged",
                "policies/p.yaml: projectcalico.org/GlobalNetworkPolicy wide is not judged: policies of the whole "
                    + "cluster are not judged",
                "policies/p.yaml: networking.k8s.io/NetworkPolicy shop/broken is not judged: a field of the wrong type",
            ])
    }
}
