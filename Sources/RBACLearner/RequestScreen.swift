import Domain

/// Decides whether an authorised request may become part of a rule at all.
struct RequestScreen {
    private let defaults: DefaultGrants
    private let options: AccessLearningOptions
    private let memberships: [Subject: Set<ExactText>]

    init(
        defaults: DefaultGrants, options: AccessLearningOptions, memberships: [Subject: Set<ExactText>]
    ) {
        self.memberships = memberships
        self.defaults = defaults
        self.options = options
    }

    /// Why the request makes no rule; nil if it makes one.
    func objection(to edge: AccessEdge, reason: GrantReason?) -> UnlearnedReason? {
        if let objection = objection(to: edge.subject) { return objection }
        if isPrivileged(edge, reason) { return .privileged }
        if let objection = Self.objection(to: edge.action) { return objection }
        return defaults.reason(for: edge.subject, edge.action, reason)
    }

    static let masters = "system:masters"

    /// True if the authorizer of privileged groups let the request pass, which comes before RBAC and gives no reason
    /// (k8s.io/apiserver, authorizerfactory.NewPrivilegedGroups): no role made a difference, and none would.
    ///
    /// Members are not always so: a user can be seen with the group once, by impersonation. What RBAC gave its reason for,
    /// it did decide; and of a service account that only the response code speaks for, nothing is known.
    private func isPrivileged(_ edge: AccessEdge, _ reason: GrantReason?) -> Bool {
        if reason?.subject == Subject(kind: .group, name: Self.masters) { return true }
        guard edge.reason.isEmpty, memberships[edge.subject]?.contains(ExactText(Self.masters)) == true else {
            return false
        }
        // The impersonator's own right is concluded by the decoder, which has no reason to give.
        guard ImpersonationVerb(edge.action.verb) == nil else { return edge.subject.kind == .user }
        return edge.decision == .allowed || edge.subject.kind == .user
    }

    private func objection(to subject: Subject) -> UnlearnedReason? {
        if options.excludedSubjects.contains(subject) { return .excluded }
        switch subject.kind {
        case .serviceAccount:
            return Self.isNamespace(subject.namespace) && Self.isObjectName(subject.name) ? nil : .malformed
        case .user:
            if subject.name.isEmpty { return .malformed }
            return subject.isReserved ? .systemUser : nil
        case .group: return .malformed
        }
    }

    private static func objection(to action: AccessAction) -> UnlearnedReason? {
        if action.verb.isEmpty { return .noVerb }
        // What a record says is data; in a rule, these would be patterns.
        if [action.verb, action.apiGroup, action.resource, action.subresource].contains(where: {
            $0.utf8.contains(UInt8(ascii: "*"))
        }) {
            return .wildcard
        }
        if action.path.utf8.last == UInt8(ascii: "*") { return .wildcard }
        if isAuthorizationOnly(action.verb) { return .authorizationVerb }
        if let objection = impersonationObjection(to: action) { return objection }
        return isWellFormed(action) ? nil : .malformed
    }

    /// A verb on the wrong resource, or of a mode that is not known, would make a rule that nothing asks for.
    private static func impersonationObjection(to action: AccessAction) -> UnlearnedReason? {
        switch ImpersonationVerb(action.verb) {
        case nil: return nil
        case .unconstrained: return action.name.isEmpty ? .unnamedImpersonation : nil
        case .identity(let mode):
            guard let mode, mode.asks(for: action) else { return .unknownImpersonation }
            return action.name.isEmpty ? .unnamedImpersonation : nil
        case .action(let constrained):
            guard let constrained else { return .unknownImpersonation }
            return isAuthorizationOnly(constrained.verb) ? .authorizationVerb : nil
        }
    }

    private static func isAuthorizationOnly(_ verb: String) -> Bool {
        ["bind", "escalate", "approve", "sign", "attest", "use"].contains(verb)
    }

    private static func isWellFormed(_ action: AccessAction) -> Bool {
        guard action.isResourceRequest else { return action.path.hasPrefix("/") && isPlain(action.path) }
        guard action.namespace == .clusterScope || isNamespace(action.namespace) else { return false }
        return !action.resource.isEmpty && !action.resource.utf8.contains(UInt8(ascii: "/"))
            && [action.verb, action.apiGroup, action.resource, action.subresource].allSatisfy(isPlain)
    }

    /// Without spaces and control characters.
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 32 && $0 != 127 } }

    /// A DNS label (RFC 1123), as names of namespaces are.
    private static func isNamespace(_ namespace: Namespace) -> Bool {
        namespace.rawValue.utf8.count <= 63 && isObjectName(namespace.rawValue)
            && !namespace.rawValue.utf8.contains(UInt8(ascii: "."))
    }

    /// A DNS subdomain (RFC 1123) as far as its characters and length go.
    private static func isObjectName(_ name: String) -> Bool {
        let isEnd: (UInt8?) -> Bool = { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        return !name.isEmpty && name.utf8.count <= 253 && !isEnd(name.utf8.first) && !isEnd(name.utf8.last)
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || isEnd($0) }
    }
}

extension Subject {
    /// True for a User or Group of Kubernetes itself. Compared byte by byte, as the API server does.
    var isReserved: Bool { kind != .serviceAccount && name.utf8.starts(with: "system:".utf8) }
}
