/// A mode of constrained impersonation, by which the API server lets somebody act as another for certain requests alone.
///
/// Source of what each mode checks: KEP-5284, as Kubernetes 1.36 has it
/// (`k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go`).
package enum ImpersonationMode: String, Hashable, Sendable, CaseIterable {
    /// Users that are neither service accounts nor nodes, with groups, uid and extra fields of the client's choice.
    case userInfo = "user-info"
    case serviceAccount = "serviceaccount"
    case arbitraryNode = "arbitrary-node"
    /// The node that the token of the asking service account is bound to.
    case associatedNode = "associated-node"

    /// The verb on whom to act as; audit events have it as `authenticationMetadata.impersonationConstraint`.
    package var identityVerb: String { "impersonate:\(rawValue)" }

    /// The verb on what is asked for while acting as another.
    package func actionVerb(_ verb: String) -> String { "impersonate-on:\(rawValue):\(verb)" }

    /// True if the API server asks for exactly such identities in this mode: an action with the `identityVerb`.
    ///
    /// Users, groups, uids, extra fields and nodes are of no namespace. In the mode of associated nodes, `*` stands for the
    /// node's name: that the token is the node's own has been checked before.
    package func asks(for action: AccessAction) -> Bool {
        guard action.apiGroup == "authentication.k8s.io" else { return false }
        guard action.resource != "userextras" else { return self == .userInfo && !action.subresource.isEmpty }
        guard action.subresource.isEmpty else { return false }
        switch self {
        case .userInfo: return ["users", "groups", "uids"].contains(action.resource) && action.isOfNoNamespace
        case .serviceAccount: return action.resource == "serviceaccounts" && !action.isOfNoNamespace
        case .arbitraryNode: return action.resource == "nodes" && action.isOfNoNamespace
        case .associatedNode: return action.resource == "nodes" && action.isOfNoNamespace && action.name == "*"
        }
    }
}

extension AccessAction {
    fileprivate var isOfNoNamespace: Bool { namespace == .clusterScope }
}

/// What a verb of impersonation stands for. Compared byte by byte, as the authorizer does.
package enum ImpersonationVerb: Hashable, Sendable {
    /// `impersonate`: to act as another with all of that one's rights.
    case unconstrained
    /// `impersonate:MODE`; nil for a mode that is not known.
    case identity(ImpersonationMode?)
    /// `impersonate-on:MODE:VERB`; nil where the mode is not known, or no verb follows.
    case action(Constrained?)

    /// A request's verb in a mode.
    package struct Constrained: Hashable, Sendable {
        package let mode: ImpersonationMode
        @Exact package private(set) var verb: String

        init(mode: ImpersonationMode, verb: String) {
            self.mode = mode
            self.verb = verb
        }
    }

    /// Nil for any other verb.
    package init?(_ verb: String) {
        let bytes = Substring(verb).utf8
        if bytes.elementsEqual("impersonate".utf8) {
            self = .unconstrained
        } else if bytes.starts(with: Self.identityPrefix) {
            self = .identity(Self.mode(bytes.dropFirst(Self.identityPrefix.count)))
        } else if bytes.starts(with: Self.actionPrefix) {
            let rest = bytes.dropFirst(Self.actionPrefix.count)
            guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), let mode = Self.mode(rest[..<colon]) else {
                self = .action(nil)
                return
            }
            let verb = String(Substring(rest[colon...].dropFirst()))
            self = .action(verb.isEmpty ? nil : Constrained(mode: mode, verb: verb))
        } else {
            return nil
        }
    }

    private static let identityPrefix = "impersonate:".utf8
    private static let actionPrefix = "impersonate-on:".utf8

    private static func mode(_ name: Substring.UTF8View) -> ImpersonationMode? {
        ImpersonationMode.allCases.first { name.elementsEqual($0.rawValue.utf8) }
    }
}
