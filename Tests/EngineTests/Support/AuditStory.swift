import Domain
import Foundation
import Inventory

/// The recorded audit log of a real API server, read here without any of the program's decoders.
enum AuditStory {
    static let log = Fixtures.own("audit/audit.log")
    static let objects = Fixtures.own("audit/objects.json")
    static let grants = Fixtures.own("audit/rbac-live.json")

    /// One request at its last recorded stage, by the one for whom it counts.
    struct Request: Hashable {
        let subject: Subject
        let groups: [String]
        let action: AccessAction
        let decision: String?
    }

    /// Every request, once for each event that ends one.
    static func requests() throws -> [Request] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").compactMap { line in
            let event = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
            guard event.stage == "ResponseComplete", let user = event.impersonatedUser ?? event.user,
                let name = user.username
            else { return nil }
            return Request(
                subject: Subject(userName: name), groups: user.groups ?? [], action: action(event),
                decision: event.annotations?["authorization.k8s.io/decision"])
        }
    }

    private static func action(_ event: Event) -> AccessAction {
        guard let object = event.objectRef else {
            return AccessAction(verb: event.verb, path: String(event.requestURI.prefix { $0 != "?" }))
        }
        return AccessAction(
            verb: event.verb, apiGroup: object.apiGroup ?? "", resource: object.resource ?? "",
            subresource: object.subresource ?? "", namespace: Namespace(object.namespace ?? ""),
            name: object.name ?? "")
    }

    /// What Kubernetes itself grants, by the label that marks its default roles.
    static func defaultGrants() throws -> AccessGrants {
        let bytes = [UInt8](try Data(contentsOf: grants))
        let objects = ObjectReader.read(bytes, cluster: ClusterName("prod"), file: "rbac-live.json").objects
        let live = InventoryBuilder.build(cluster: ClusterName("prod"), objects: objects).inventory.grants
        let mark = "kubernetes.io/bootstrapping"
        return AccessGrants(
            roles: live.roles.filter { $0.labels[mark] != nil },
            bindings: live.bindings.filter { $0.labels[mark] != nil })
    }

    struct Event: Decodable {
        let level: String
        let auditID: String
        let stage: String
        let verb: String
        let requestURI: String
        let user: User?
        let impersonatedUser: User?
        let objectRef: Object?
        let annotations: [String: String]?
        let requestReceivedTimestamp: String
        let stageTimestamp: String

        struct User: Decodable {
            let username: String?
            let groups: [String]?
        }

        struct Object: Decodable {
            let apiGroup: String?
            let resource: String?
            let subresource: String?
            let namespace: String?
            let name: String?
        }
    }
}

extension Subject {
    /// True for users of Kubernetes itself, whose roles are not for anybody else to write.
    var isOfTheSystem: Bool { kind == .user && name.hasPrefix("system:") }
}
