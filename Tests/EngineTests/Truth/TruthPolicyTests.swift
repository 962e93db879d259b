import Domain
import Testing

/// What goldens are read and judged with is tested by itself, by what the dialects' documentation says.
struct TruthPolicyTests {
    private static let web = TruthParty.pod("shop", "web", ["app": "web"])
    private static let db = TruthParty.pod("shop", "db", ["app": "db"])
    private static let foreign = TruthParty.pod("lab", "web", ["app": "web"])

    private static func reach(_ yaml: String) throws -> TruthReach {
        TruthReach(policies: try GoldenReader.policies(yaml: yaml))
    }

    private static func kubernetes(_ rest: String) throws -> TruthReach {
        try reach("{kind: NetworkPolicy, metadata: {name: a, namespace: shop}, spec: {\(rest)}}")
    }

    private static func cilium(_ rest: String) throws -> TruthReach {
        let selector = "endpointSelector: {matchLabels: {app: web}}"
        return try reach(
            "{kind: CiliumNetworkPolicy, metadata: {name: a, namespace: shop}, spec: {\(selector), \(rest)}}")
    }

    @Test func `a direction without a policy is open`() throws {
        let reach = try Self.kubernetes("podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]")
        #expect(reach.isolates(Self.db, .ingress))
        #expect(!reach.isolates(Self.db, .egress))
        #expect(!reach.isolates(Self.web, .ingress))
        #expect(!reach.allows(Self.db, .ingress, Self.web, .tcp(80)))
        #expect(reach.allows(Self.db, .egress, Self.web, .tcp(80)))
    }

    @Test func `peers are of the own namespace unless they say another`() throws {
        let own = try Self.kubernetes(
            "podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]")
        #expect(own.allows(Self.db, .ingress, Self.web, .unnamed))
        #expect(!own.allows(Self.db, .ingress, Self.foreign, .unnamed))
        let other = try Self.kubernetes(
            "podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: "
                + "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [lab]}]}}]}]")
        #expect(!other.allows(Self.db, .ingress, Self.web, .unnamed))
        #expect(other.allows(Self.db, .ingress, Self.foreign, .unnamed))
    }

    @Test func `a block holds addresses but for its exceptions, and no pod`() throws {
        let reach = try Self.kubernetes(
            "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.0/24, "
                + "except: [192.0.2.128/25]}}], ports: [{port: 80, endPort: 90}]}]")
        let inside = TruthParty.outside(IPAddress(ipv4: 0xC000_0201))
        let excepted = TruthParty.outside(IPAddress(ipv4: 0xC000_02FF))
        #expect(reach.allows(Self.db, .egress, inside, .tcp(85)))
        #expect(!reach.allows(Self.db, .egress, inside, .tcp(91)))
        #expect(!reach.allows(Self.db, .egress, inside, .udp(85)))
        #expect(!reach.allows(Self.db, .egress, excepted, .tcp(85)))
        #expect(!reach.allows(Self.db, .egress, Self.web, .tcp(85)))
    }

    @Test func `Cilium names namespaces by a label`() throws {
        let reach = try Self.cilium(
            "egress: [{toEndpoints: [{matchLabels: {'k8s:app': web, 'k8s:io.kubernetes.pod.namespace': lab}}]}]")
        #expect(reach.allows(Self.web, .egress, Self.foreign, .unnamed))
        #expect(!reach.allows(Self.web, .egress, Self.web, .unnamed))
        #expect(!reach.isolates(Self.foreign, .egress))
    }

    @Test func `Cilium names hosts, entities and Services`() throws {
        let reach = try Self.cilium(
            "egress: [{toFQDNs: [{matchPattern: '*.example.com'}], toPorts: [{ports: [{port: '443', protocol: ANY}]}]},"
                + " {toEntities: [host]}, {toServices: [{k8sService: {serviceName: s, namespace: shop}}]}]")
        let address = IPAddress(ipv4: 0xC000_0201)
        let named = TruthParty.outside(address, names: ["api.example.com"])
        #expect(reach.allows(Self.web, .egress, named, .tcp(443)))
        #expect(reach.allows(Self.web, .egress, named, .udp(443)))
        #expect(!reach.allows(Self.web, .egress, named, .tcp(80)))
        #expect(!reach.allows(Self.web, .egress, .outside(address, names: ["a.b.example.com"]), .tcp(443)))
        #expect(reach.allows(Self.web, .egress, .elsewhere(.host), .unnamed))
        #expect(!reach.allows(Self.web, .egress, .elsewhere(.remoteNode), .unnamed))
        #expect(reach.allows(Self.web, .egress, .outside(address, services: ["shop/s"]), .unnamed))
    }

    @Test func `refuses what it does not know`() {
        #expect(throws: GoldenReader.Unknown.self) { try Self.cilium("egress: [{toGroups: []}]") }
        #expect(throws: GoldenReader.Unknown.self) { try Self.reach("{kind: AdminNetworkPolicy}") }
    }

    @Test func `reports a difference of either side, and a direction that only one isolates`() throws {
        let one = try Self.kubernetes("podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]")
        let other = try Self.kubernetes("podSelector: {}, policyTypes: [Egress, Ingress]")
        let grid = TruthGrid(
            parties: [Self.web, Self.db], ports: [], directions: [.egress, .ingress], golden: other, learned: one)
        let found = grid.differences(learned: one, golden: other)
        #expect(found.contains("+ web -> db TCP/80"))
        #expect(found.contains("+ db ingress"))
        #expect(!found.contains { $0.hasSuffix(TruthPort.unnamed.description) })
        let mirrored = grid.differences(learned: other, golden: one)
        #expect(mirrored.contains("- web -> db TCP/80"))
        #expect(mirrored.count == found.count)
    }
}
