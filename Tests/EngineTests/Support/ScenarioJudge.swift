import Domain
import Layout
import NetworkLearner
import PolicyEvaluator
import RBACLearner

@testable import Engine

/// Judges the manifests of a golden tree, read back from their YAML.
struct ScenarioJudge {
    let policies: [NetworkPolicy]
    let grants: AccessGrants
    private let network: NetworkEvaluator
    private let access: AccessEvaluator
    private let learned: LearnedCluster

    init(_ tree: [String: String], learned: LearnedCluster) {
        let proposed = tree.filter { $0.key.hasPrefix("policies/") }
        let repository = RepositoryObjects(
            RepositoryTree(files: proposed.mapValues { [UInt8]($0.utf8) }), cluster: learned.cluster)
        policies = repository.policies
        network = NetworkEvaluator(
            policies: policies, namespaces: learned.inventory.namespaces,
            enforcedStaged: LabelSelector(matchLabels: ["app.kubernetes.io/managed-by": "leastwise"]))
        grants = repository.grants
        access = AccessEvaluator(grants: grants)
        self.learned = learned
    }

    func isAllowed(_ connection: LearnedConnection) throws -> Bool {
        try verdicts(
            from: parties(connection.source), to: parties(connection.destination), connection.protocol, connection.port
        ).allSatisfy { $0 }
    }

    /// Attempts that do not pass, or do for some pods only.
    func blocked(_ attempts: Probes.Attempts) throws -> [String] {
        try (attempts.connections ?? []).filter { try verdicts($0).contains(false) }.map { "\($0)" }
            + (attempts.requests ?? []).filter { !isAllowed($0) }.map { "\($0)" }
    }

    /// Attempts that pass, be it for one pod only.
    func open(_ attempts: Probes.Attempts) throws -> [String] {
        try (attempts.connections ?? []).filter { try verdicts($0).contains(true) }.map { "\($0)" }
            + (attempts.requests ?? []).filter { isAllowed($0) }.map { "\($0)" }
    }

    private func verdicts(_ probe: Probes.Connection) throws -> [Bool] {
        guard let transport = NetworkProtocol(name: probe.protocol ?? "TCP") else {
            throw NoSuchParty(name: "protocol")
        }
        var destinations = try parties(probe.to)
        // Whose own node it is can be said of pods that run, not of templates.
        if probe.from.hasPrefix(Self.nodePrefix) { destinations.removeAll { $0.nodeName == nil } }
        return try verdicts(from: parties(probe.from), to: destinations, transport, Port(probe.port))
    }

    private func isAllowed(_ request: Probes.Request) -> Bool {
        access.verdict(
            subject: Subject(userName: request.user), groups: request.groups ?? [], action: request.action
        ).isAllowed
    }

    func isAllowed(_ subject: LearnedSubject) -> Bool {
        subject.observed.allSatisfy { isAllowed($0) }
    }

    func isAllowed(_ request: ObservedAccess) -> Bool {
        access.verdict(subject: request.requester, groups: request.groups, action: request.action).isAllowed
    }

    /// One verdict for each pod of the source with each of the destination.
    private func verdicts(
        from sources: [NetworkParty], to destinations: [NetworkParty], _ transport: NetworkProtocol, _ port: Port
    ) -> [Bool] {
        sources.flatMap { source in
            destinations.map { destination in
                network.isAllowed(
                    ConnectionAttempt(source: source, destination: destination, protocol: transport, port: port))
            }
        }
    }

    private func parties(_ party: Party) throws -> [NetworkParty] {
        switch party {
        case .workload(let id): try parties(id.description)
        case .outside(let address):
            [NetworkParty(addresses: [address], names: learned.inventory.names[address] ?? [])]
        case .apiServer(let address):
            [NetworkParty(addresses: [address], nodeName: node(at: address), isAPIServer: true)]
        case .node(let address): [NetworkParty(addresses: [address], nodeName: node(at: address), isNode: true)]
        }
    }

    private func node(at address: IPAddress) -> String? {
        learned.inventory.nodes.first { $0.addresses.contains(address) }?.name
    }

    private static let nodePrefix = "node/"

    /// Where a host answers whose address no record showed (RFC 5737).
    private static let elsewhere = IPAddress(ipv4: 0xCB00_71C8)

    /// What is said by more than a plain address: an API server, or a host by its name, whatever its address.
    private func special(_ name: String) -> NetworkParty? {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        let value = String(name[name.index(after: slash)...])
        switch name[..<slash] {
        case "apiserver":
            return IPAddress(value).map {
                NetworkParty(addresses: [$0], nodeName: node(at: $0), isAPIServer: true)
            }
        case "name": return NetworkParty(addresses: [Self.elsewhere], names: [value])
        default: return nil
        }
    }

    /// A pod yet to come of a workload, and all that are there; or an address; or a node; or an API server; or a host.
    private func parties(_ name: String) throws -> [NetworkParty] {
        if let address = IPAddress(name) {
            return [NetworkParty(addresses: [address], names: learned.inventory.names[address] ?? [])]
        }
        if let party = special(name) { return [party] }
        if let node = learned.inventory.nodes.first(where: { Self.nodePrefix + $0.name == name }) {
            return [NetworkParty(addresses: node.addresses, nodeName: node.name)]
        }
        let templates = learned.inventory.workloads.filter { $0.id.description == name }.map {
            NetworkParty(
                namespace: $0.id.namespace, labels: $0.templateLabels, ports: $0.ports, isHostNetwork: $0.hostNetwork)
        }
        let pods = learned.inventory.pods.filter { $0.owner.description == name }.map { NetworkParty($0) }
        let seen = learned.network.observedLabels.filter { $0.key.description == name }.flatMap { id, labels in
            labels.map { NetworkParty(namespace: id.namespace, labels: $0) }
        }
        let all = templates.isEmpty ? seen : templates + pods
        guard !all.isEmpty else { throw NoSuchParty(name: name) }
        return all
    }

    struct NoSuchParty: Error {
        let name: String
    }
}
