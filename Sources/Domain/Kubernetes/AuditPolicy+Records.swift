/// How many of a set of requests a rule of an audit policy matches.
enum AuditMatch: Int, Comparable, Sendable {
    case never
    /// Some of them, or it is not known.
    case maybe
    case always

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension AuditPolicy {
    /// True if every request that the permission stands for would have left an event with its response, for certain.
    ///
    /// That is the condition for taking silence as a sign. Not covered are uses that are no request of the subject:
    /// verbs such as `bind` or `impersonate` (always false when asked for by name), and what others ask about the
    /// subject by SubjectAccessReview, as kube-rbac-proxy and aggregated API servers do.
    package func records(_ permission: AuditedPermission) -> Bool {
        permission.requests.areRequests
            && ([permission.subject] + permission.impersonators).allSatisfy { records(permission.requests, by: $0) }
    }

    private func records(_ requests: AuditedRequests, by subject: AuditedSubject) -> Bool {
        for rule in rules {
            let match = rule.match(requests, by: subject)
            if match == .never { continue }
            guard records(requests, under: rule) else { return false }
            if match == .always { return true }
        }
        return false
    }

    /// True if each of the requests leaves an event with its response where the rule decides.
    ///
    /// That is the stage ResponseComplete, and ResponseStarted for long-running requests alone. Panic stands in its place
    /// where the server failed to do what was asked, which is no use of a permission.
    func records(_ requests: AuditedRequests, under rule: Rule) -> Bool {
        let omitted = omitStages.union(rule.omitStages)
        guard rule.level != .none else { return false }
        return !omitted.contains(.responseComplete)
            || requests.areLongRunning && !omitted.contains(.responseStarted)
    }
}

extension AuditPolicy.Rule {
    /// How many of the subject's requests the rule matches (`ruleMatches`, checker.go).
    func match(_ requests: AuditedRequests, by subject: AuditedSubject) -> AuditMatch {
        min(match(subject), min(match(verb: requests.verb), match(requests.target)))
    }

    private func match(_ subject: AuditedSubject) -> AuditMatch {
        min(match(subject.name), matchGroups(of: subject))
    }

    private func match(_ name: AuditedSubject.Name) -> AuditMatch {
        guard !users.isEmpty else { return .always }
        switch name {
        case .user(let name): return users.containsBytes(of: name) ? .always : .never
        case .anyone: return .maybe
        case .serviceAccount(let namespace):
            let named = users.contains { user in
                let subject = Subject(userName: user)
                return subject.kind == .serviceAccount && (namespace ?? subject.namespace) == subject.namespace
            }
            return named ? .maybe : .never
        }
    }

    private func matchGroups(of subject: AuditedSubject) -> AuditMatch {
        if userGroups.isEmpty || userGroups.contains(where: subject.groups.containsBytes) { return .always }
        return subject.hasOnlyTheseGroups ? .never : .maybe
    }

    private func match(verb: String) -> AuditMatch {
        if verbs.isEmpty { return .always }
        if verb == "*" { return .maybe }
        return verbs.contains(verb) ? .always : .never
    }

    private func match(_ target: AuditedRequests.Target) -> AuditMatch {
        switch target {
        case .path(let path):
            guard resources.isEmpty, namespaces.isEmpty else { return .never }
            if paths.isEmpty { return .always }
            return paths.map(path.match).max() ?? .never
        case .resource(let group, let pattern, let namespace, let name):
            guard !resources.isEmpty || !namespaces.isEmpty else { return nonResourceURLs.isEmpty ? .always : .never }
            let inNamespace = match(namespace)
            guard !resources.isEmpty, inNamespace > .never else { return inNamespace }
            let matches = resources.map { $0.match(group: group, pattern, name: name) }
            return min(inNamespace, matches.max() ?? .never)
        }
    }

    private func match(_ namespace: Namespace?) -> AuditMatch {
        guard !namespaces.isEmpty else { return .always }
        guard let namespace else { return .maybe }
        return namespaces.contains(namespace) ? .always : .never
    }
}

extension AuditPolicy.GroupResources {
    /// How many of the requests for the resources these match.
    func match(group: String, _ pattern: ResourcePattern, name: String?) -> AuditMatch {
        let inGroup: AuditMatch = group == self.group ? .always : group == "*" ? .maybe : .never
        guard !resources.isEmpty, inGroup > .never else { return inGroup }
        return min(inGroup, min(match(name), patterns.map(pattern.match).max() ?? .never))
    }

    private func match(_ name: String?) -> AuditMatch {
        guard !resourceNames.isEmpty else { return .always }
        guard let name else { return .maybe }
        return resourceNames.containsBytes(of: name) ? .always : .never
    }
}

extension Collection<String> {
    /// Equality of `String` takes texts for one that differ in their bytes, which the API server does not.
    fileprivate func containsBytes(of text: String) -> Bool {
        contains { $0 == text && $0.utf8.elementsEqual(text.utf8) }
    }
}
