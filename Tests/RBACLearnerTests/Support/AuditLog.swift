import Domain
import Foundation

/// An audit log read without any of the product's decoders: one authorization per request.
struct AuditLog {
    private(set) var edges: [AccessEdge: AccessFact] = [:]
    private(set) var memberships: [Subject: Set<ExactText>] = [:]
    private(set) var newest = Timestamp(seconds: 0)
    static let cluster = ClusterName("test")

    init(_ url: URL) throws {
        for line in try Data(contentsOf: url).split(separator: 10) {
            guard let event = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
            read(event)
        }
    }

    private mutating func read(_ event: [String: Any]) {
        guard let stage = event["stage"] as? String, stage != "RequestReceived",
            let user = event["user"] as? [String: Any], let name = user["username"] as? String, !name.isEmpty,
            let time = (event["stageTimestamp"] as? String).flatMap({ Timestamp($0) }),
            let verb = event["verb"] as? String
        else { return }
        let impersonated = event["impersonatedUser"] as? [String: Any]
        let effective = impersonated ?? user
        guard let decision = Self.decision(event), let effectiveName = effective["username"] as? String else { return }
        newest = max(newest, time)
        let subject = Subject(userName: effectiveName)
        let groups = effective["groups"] as? [String] ?? []
        memberships[subject, default: []].formUnion(groups.map { ExactText($0) })
        let reason = (event["annotations"] as? [String: String])?["authorization.k8s.io/reason"] ?? ""
        add(subject, Self.action(event, verb: verb), decision, reason, time)
        guard impersonated != nil, subject.userName != name else { return }
        let actor = Subject(userName: name)
        memberships[actor, default: []].formUnion((user["groups"] as? [String] ?? []).map { ExactText($0) })
        let request = Self.action(event, verb: verb)
        for action in Self.impersonations(of: subject, groups: groups, event, request) where decision != .denied {
            add(actor, action, .allowed, "", time)
        }
    }

    private mutating func add(
        _ subject: Subject, _ action: AccessAction, _ decision: AccessEdge.Decision, _ reason: String, _ time: Timestamp
    ) {
        let edge = AccessEdge(
            cluster: Self.cluster, subject: subject, action: action, decision: decision, reason: reason)
        let fact = AccessFact(
            count: 1, dryRuns: 0, first: time, last: time, days: DaySet(day: time.day), sources: .audit, sample: "")
        if edges[edge]?.merge(fact) == nil { edges[edge] = fact }
    }

    private static func decision(_ event: [String: Any]) -> AccessEdge.Decision? {
        let annotations = event["annotations"] as? [String: String] ?? [:]
        let code = (event["responseStatus"] as? [String: Any])?["code"] as? Int ?? 0
        switch annotations["authorization.k8s.io/decision"] {
        case "allow": return .allowed
        case "forbid": return .denied
        default: return code == 403 ? nil : [0, 401, 429].contains(code) ? nil : .allowedByStatus
        }
    }

    private static func action(_ event: [String: Any], verb: String) -> AccessAction {
        guard let object = event["objectRef"] as? [String: String] else {
            let uri = event["requestURI"] as? String ?? ""
            return AccessAction(verb: verb, path: uri.split(separator: "?").first.map(String.init) ?? "")
        }
        // The name of a plain create is read from its body, once it is authorised.
        let isPlainCreate = verb == "create" && object["subresource"] == nil
        return AccessAction(
            verb: verb, apiGroup: object["apiGroup"] ?? "", resource: object["resource"] ?? "",
            subresource: object["subresource"] ?? "", namespace: Namespace(object["namespace"] ?? ""),
            name: isPlainCreate ? "" : object["name"] ?? "")
    }

    private static func impersonations(
        of subject: Subject, groups: [String], _ event: [String: Any], _ request: AccessAction
    ) -> [AccessAction] {
        let metadata = event["authenticationMetadata"] as? [String: String]
        if metadata?["impersonationConstraint"] == "impersonate:serviceaccount" {
            let verb = "impersonate-on:serviceaccount:\(request.verb)"
            return [
                AccessAction(
                    verb: "impersonate:serviceaccount", apiGroup: "authentication.k8s.io", resource: "serviceaccounts",
                    namespace: subject.namespace, name: subject.name),
                request.isResourceRequest
                    ? AccessAction(
                        verb: verb, apiGroup: request.apiGroup, resource: request.resource,
                        subresource: request.subresource, namespace: request.namespace, name: request.name)
                    : AccessAction(verb: verb, path: request.path),
            ]
        }
        let isAccount = subject.kind == .serviceAccount
        let own = AccessAction(
            verb: "impersonate", apiGroup: "", resource: isAccount ? "serviceaccounts" : "users",
            namespace: subject.namespace, name: subject.name)
        let added = groups.filter { !$0.hasPrefix("system:serviceaccounts") && $0 != "system:authenticated" }
        return [own] + added.map { AccessAction(verb: "impersonate", apiGroup: "", resource: "groups", name: $0) }
    }
}
