import Domain
import Layout
import NetworkLearner
import PolicyEvaluator
import RBACLearner

@testable import Engine

/// Judges the manifests of a golden tree, read back from their YAML.
struct ScenarioJudge {
    private let network: NetworkEvaluator
    private let access: AccessEvaluator
    private let learned: LearnedCluster

    init(_ tree: [String: String], learned: LearnedCluster) {
        let repository = RepositoryPolicies(
            RepositoryTree(files: tree.mapValues { [UInt8]($0.utf8) }), cluster: learned.cluster)
        network = NetworkEvaluator(
            policies: repository.policies, namespaces: learned.inventory.namespaces,
            enforcedStaged: LabelSelector(matchLabels: ["app.kubernetes.io/managed-by": "leastwise"]))
        access = AccessEvaluator(grants: repository.grants)
        self.learned = learned
    }

    func isAllowed(_ connection: LearnedConnection) throws -> Bool {
        try isAllowed(
            from: parties(connection.source), to: parties(connection.destination), connection.protocol, connection.port)
    }

    /// Each attempt in words, with its outcome.
    func allowed(_ attempts: Probes.Attempts) throws -> [(probe: String, isAllowed: Bool)] {
        try (attempts.connections ?? []).map { ("\($0)", try isAllowed($0)) }
            + (attempts.requests ?? []).map { ("\($0)", isAllowed($0)) }
    }

    private func isAllowed(_ probe: Probes.Connection) throws -> Bool {
        guard let transport = NetworkProtocol(name: probe.protocol ?? "TCP") else {
            throw NoSuchParty(name: "protocol")
        }
        return try isAllowed(from: parties(probe.from), to: parties(probe.to), transport, Port(probe.port))
    }

    private func isAllowed(_ request: Probes.Request) -> Bool {
        access.verdict(
            subject: Subject(userName: request.user), groups: request.groups ?? [], action: request.action
        ).isAllowed
    }

    func isAllowed(_ subject: LearnedSubject) -> Bool {
        subject.observed.allSatisfy {
            access.verdict(subject: $0.requester, groups: $0.groups, action: $0.action).isAllowed
        }
    }

    private func isAllowed(
        from sources: [NetworkParty], to destinations: [NetworkParty], _ transport: NetworkProtocol, _ port: Port
    ) -> Bool {
        sources.allSatisfy { source in
            destinations.allSatisfy { destination in
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

    /// A pod yet to come of a workload, and all that are there; or an address.
    private func parties(_ name: String) throws -> [NetworkParty] {
        if let address = IPAddress(name) { return [NetworkParty(addresses: [address])] }
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
