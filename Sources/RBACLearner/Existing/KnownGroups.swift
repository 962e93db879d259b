import Domain

extension AccessObservations {
    /// The groups of each requester: those that its records name, and those by which the authorizer let it pass.
    ///
    /// Some clouds deliver no groups (GKE), and then the authorizer's words are all that tells of a membership.
    var knownGroups: [Subject: Set<ExactText>] {
        var known = memberships
        var reasons: [ExactText: ExactText?] = [:]
        // Who acts in another's name is not of the group by which the other was let through.
        for edge in edges.keys
        where edge.cluster == cluster && edge.decision != .denied && !edge.reason.isEmpty
            && !edge.action.verb.utf8.starts(with: "impersonate".utf8)
        {
            let text = ExactText(edge.reason)
            let group = reasons[text] ?? GrantReason(edge.reason)?.group
            reasons[text] = .some(group)
            if let group { known[edge.subject, default: []].insert(group) }
        }
        return known
    }
}

extension GrantReason {
    /// The group that was let through; nil where it was a user or an account.
    fileprivate var group: ExactText? { subject.kind == .group ? ExactText(subject.name) : nil }
}
