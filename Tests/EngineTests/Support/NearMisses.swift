import Domain
import RBACLearner

/// Requests that differ in one respect from an observed one, and that nothing that was observed explains.
enum NearMisses {
    /// What is asked of which resource or path, wherever and by whomever.
    private struct Kind: Hashable {
        var verb: String
        var apiGroup: String
        var resource: String
        var subresource: String

        init(_ action: AccessAction) {
            verb = action.verb
            apiGroup = action.apiGroup
            resource = action.resource
            subresource = action.subresource
        }
    }

    private static let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

    /// Other verbs, groups, resources, subresources, namespaces and requesters, in the order of what was observed.
    ///
    /// Not other names: whether they are meant is what the scenarios' own probes say.
    static func of(_ subjects: [LearnedSubject]) -> [ObservedAccess] {
        let observed = subjects.flatMap(\.observed)
        let known = Set(observed.map { Kind($0.action) })
        let wide = Set(observed.filter { $0.action.namespace == .clusterScope }.map { Kind($0.action) })
        return observed.flatMap { access in
            let others = changed(access.action).filter { !isExplained($0, known) }
            let elsewhere =
                wide.contains(Kind(access.action)) || !access.action.isResourceRequest
                ? [] : [access.action.moved(to: Namespace("elsewhere"))]
            return (others + elsewhere).map {
                ObservedAccess(requester: access.requester, groups: access.groups, action: $0)
            } + [ObservedAccess(requester: Subject(kind: .user, name: "nobody"), groups: [], action: access.action)]
        }
    }

    private static func changed(_ action: AccessAction) -> [AccessAction] {
        guard action.isResourceRequest else {
            return [
                AccessAction(verb: "post", path: action.path),
                AccessAction(verb: action.verb, path: action.path + "/x"),
            ]
        }
        let subresource = action.subresource.isEmpty ? "status" : ""
        return verbs.map { action.changed(verb: $0) } + [
            action.changed(apiGroup: "other.example.com"), action.changed(resource: "others"),
            action.changed(subresource: subresource),
        ]
    }

    /// True for what was observed elsewhere or of others, and for what the API server checks along with it.
    private static func isExplained(_ action: AccessAction, _ known: Set<Kind>) -> Bool {
        guard action.isResourceRequest else { return false }
        let kind = Kind(action)
        if known.contains(kind) { return true }
        guard ["exec", "attach", "portforward"].contains(kind.subresource) else { return false }
        return ["get", "create"].contains(kind.verb)
    }
}

extension AccessAction {
    fileprivate func changed(
        verb: String? = nil, apiGroup: String? = nil, resource: String? = nil, subresource: String? = nil
    ) -> AccessAction {
        AccessAction(
            verb: verb ?? self.verb, apiGroup: apiGroup ?? self.apiGroup, resource: resource ?? self.resource,
            subresource: subresource ?? self.subresource, namespace: namespace, name: name)
    }

    fileprivate func moved(to namespace: Namespace) -> AccessAction {
        AccessAction(
            verb: verb, apiGroup: apiGroup, resource: resource, subresource: subresource, namespace: namespace,
            name: name)
    }
}
