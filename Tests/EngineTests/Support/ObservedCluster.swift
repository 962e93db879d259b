import AppConfiguration
import Domain
import Engine
import Foundation
import Ingest
import NetworkLearner
import PolicyEvaluator
import RBACLearner
import Store

/// Files of records and objects, to be observed in this order.
struct Inputs {
    var objects: [URL] = []
    var flows: [URL] = []
    var audit: [URL] = []
    /// The text of a configuration file.
    var configuration: String?
    /// The API server's audit policy file.
    var auditPolicy: URL?
    /// The time of flows that carry none; nil rejects them.
    var time: Timestamp?
}

extension Inputs {
    fileprivate var flags: [String: String] {
        ["cluster": "prod"].merging(auditPolicy.map { ["rbac.auditPolicy": $0.path] } ?? [:]) { $1 }
    }
}

/// A store in a temporary folder that observed some inputs, with all that the commands do on it.
struct ObservedCluster {
    let folder = Result { try TemporaryFolder() }
    let settings: Settings
    let session: Session

    init(_ inputs: Inputs) throws {
        let file = try inputs.configuration.map { try ConfigurationFile(parsing: $0, name: "leastwise.yaml") }
        settings = try Settings(
            ResolvedConfiguration(flags: inputs.flags, environment: [:], file: file ?? .empty))
        let path = try folder.get().url.appending(path: "leastwise.db").path
        session = try Session(settings: settings) { _ in try Store(path: path) }
        try observe(inputs)
    }

    /// Observes more inputs.
    func observe(_ inputs: Inputs) throws {
        let job = ObserveJob(store: session.store, cluster: settings.cluster)
        if !inputs.objects.isEmpty {
            let objects = ObserveObjectsJob(store: session.store, cluster: settings.cluster)
            _ = try objects.run(paths: inputs.objects.map(\.path), isPartial: false)
        }
        if !inputs.flows.isEmpty {
            _ = try job.run(.hubble, paths: inputs.flows.map(\.path), defaultTime: inputs.time) { _ in }
        }
        if !inputs.audit.isEmpty {
            _ = try job.run(.audit, paths: inputs.audit.map(\.path), defaultTime: nil) { _ in }
        }
    }

    /// Learns; the store's folder lives until it is done.
    func learn() throws -> LearnedCluster {
        try withExtendedLifetime(self) { try session.learn() }
    }

    func preview(_ kind: ProposedItem.Kind? = nil) throws -> PreviewReport {
        try PreviewJob(learn()).run(.init(kind: kind))
    }
}

extension PreviewReport {
    var policies: [NetworkPolicy] { items.flatMap(\.policies) }

    var grants: AccessGrants {
        AccessGrants(roles: items.flatMap(\.grants.roles), bindings: items.flatMap(\.grants.bindings))
    }

    func policy(_ title: String) -> NetworkPolicy? { items.first { $0.title == title }?.policies.first }
}
