/// What to do about one proposal.
package enum Action: Hashable, Sendable {
    case nothing(Reason)
    /// Commit on the base and push, then create the pull request (nil) or bring the open one of that number up to date.
    /// Without a forge there is no pull request.
    case push(thenUpdate: Int?)
    /// The branch is right: only the pull request is missing.
    case createPullRequest
    /// The branch is right: only the pull request's text is that of an older content.
    case updatePullRequest(Int)
    /// The base has everything now: close the pull request and delete the branch.
    case retire(Int?)

    /// Why there is nothing to do.
    package enum Reason: Hashable, Sendable {
        /// The base has what is wanted, and there is no branch.
        case upToDate
        /// Branch and pull request hold what is wanted already.
        case alreadyProposed
        /// People committed to the branch: it is theirs.
        case editedByPeople([String])
        /// People closed a pull request of this very content.
        case rejectedByPeople
    }
}

/// Decides; performs nothing. People win: what they edited or closed is left as they left it.
package func decide(_ state: ProposalState) -> Action {
    if case .edited(let people) = state.branch { return .nothing(.editedByPeople(people)) }
    guard let wanted = state.wanted else {
        if case .absent = state.branch { return .nothing(.upToDate) }
        return .retire(state.pullRequests?.open)
    }
    if let pulls = state.pullRequests, pulls.open == nil, pulls.rejects(wanted) {
        return .nothing(.rejectedByPeople)
    }
    guard state.branch == .ours(wanted) else { return .push(thenUpdate: state.pullRequests?.open) }
    guard let pulls = state.pullRequests else { return .nothing(.alreadyProposed) }
    guard let open = pulls.open else { return .createPullRequest }
    return pulls.openFingerprint == wanted ? .nothing(.alreadyProposed) : .updatePullRequest(open)
}
