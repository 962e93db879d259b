@testable import Domain

/// Judges one request at a time, line by line as the API server does: `ruleMatches` in k8s.io/apiserver,
/// pkg/audit/policy/checker.go, and the stages of `WithAudit`.
struct AuditOracle {
    let policy: AuditPolicy

    struct Request: Hashable {
        var user: String
        var groups: [String]
        var action: AccessAction
    }

    func records(_ request: Request) -> Bool {
        guard let rule = policy.rules.first(where: { Self.matches($0, request) }) else { return false }
        let omitted = policy.omitStages.union(rule.omitStages)
        let action = request.action
        let isLong =
            action.verb == "watch" || ["attach", "exec", "proxy", "log", "portforward"].contains(action.subresource)
            || action.path.hasPrefix("/debug/pprof/")
        let stages: [AuditPolicy.Stage] = isLong ? [.responseStarted, .responseComplete] : [.responseComplete]
        return rule.level != .none && stages.contains { !omitted.contains($0) }
    }

    private static func matches(_ rule: AuditPolicy.Rule, _ request: Request) -> Bool {
        if !rule.users.isEmpty, !rule.users.contains(request.user) { return false }
        if !rule.userGroups.isEmpty, !rule.userGroups.contains(where: request.groups.contains) { return false }
        if !rule.verbs.isEmpty, !rule.verbs.contains(request.action.verb) { return false }
        if !rule.namespaces.isEmpty || !rule.resources.isEmpty { return matchesResource(rule, request.action) }
        guard !rule.nonResourceURLs.isEmpty else { return true }
        return !request.action.isResourceRequest
            && rule.nonResourceURLs.contains { matches(path: request.action.path, $0) }
    }

    private static func matches(path: String, _ spec: String) -> Bool {
        if spec == "*" || spec == path { return true }
        var prefix = spec
        while prefix.hasSuffix("*") { prefix.removeLast() }
        return spec.hasSuffix("*") && path.hasPrefix(prefix)
    }

    private static func matchesResource(_ rule: AuditPolicy.Rule, _ action: AccessAction) -> Bool {
        guard action.isResourceRequest else { return false }
        if !rule.namespaces.isEmpty, !rule.namespaces.contains(action.namespace) { return false }
        if rule.resources.isEmpty { return true }
        let combined = action.subresource.isEmpty ? action.resource : "\(action.resource)/\(action.subresource)"
        for entry in rule.resources where entry.group == action.apiGroup {
            if entry.resources.isEmpty { return true }
            for resource in entry.resources
            where entry.resourceNames.isEmpty || entry.resourceNames.contains(action.name) {
                if resource == combined || resource == "*" { return true }
                if !action.subresource.isEmpty, resource == "*/" + action.subresource { return true }
                if resource == action.resource + "/*" { return true }
            }
        }
        return false
    }

    /// True if RBAC finds the request in the rule (`RuleAllows`, k8s.io/kubernetes, plugin/pkg/auth/authorizer/rbac).
    static func allows(_ rule: PolicyRule, _ action: AccessAction) -> Bool {
        guard rule.verbs.contains("*") || rule.verbs.contains(action.verb) else { return false }
        guard action.isResourceRequest else { return rule.nonResourceURLs.contains { matches(path: action.path, $0) } }
        let combined = action.subresource.isEmpty ? action.resource : "\(action.resource)/\(action.subresource)"
        let isResource = rule.resources.contains {
            $0 == "*" || $0 == combined || !action.subresource.isEmpty && $0 == "*/" + action.subresource
        }
        return isResource && (rule.apiGroups.contains("*") || rule.apiGroups.contains(action.apiGroup))
            && (rule.resourceNames.isEmpty || rule.resourceNames.contains(action.name))
    }
}
