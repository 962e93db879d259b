import Proposals
import Testing

/// What each state of branch, content and pull request leads to: the whole table.
@Suite struct DecisionTests {
    private typealias State = ProposalState
    private static let new = ContentFingerprint(rawValue: "new")
    private static let old = ContentFingerprint(rawValue: "old")

    enum Pulls: CaseIterable {
        case noForge, none, openSame, openOther, openSilent, openSameAfterRejection, rejectedSame, rejectedOther

        var state: ProposalState.PullRequestState? {
            switch self {
            case .noForge: nil
            case .none: .init(open: nil, openFingerprint: nil, rejected: [])
            case .openSame: .init(open: 7, openFingerprint: new, rejected: [])
            case .openOther: .init(open: 7, openFingerprint: old, rejected: [])
            case .openSilent: .init(open: 7, openFingerprint: nil, rejected: [])
            // Somebody reopened it, or opened another: that is a wish to see it.
            case .openSameAfterRejection: .init(open: 7, openFingerprint: new, rejected: [new])
            case .rejectedSame: .init(open: nil, openFingerprint: nil, rejected: [old, new])
            case .rejectedOther: .init(open: nil, openFingerprint: nil, rejected: [old])
            }
        }

        var open: Int? { state?.open }
    }

    @Test(arguments: Pulls.allCases)
    func `leaves a branch alone that people committed to`(pulls: Pulls) {
        for wanted in [Self.new, nil] {
            let action = decide(State(wanted: wanted, branch: .edited(by: ["ann", "bob"]), pullRequests: pulls.state))
            #expect(action == .nothing(.editedByPeople(["ann", "bob"])))
        }
    }

    @Test(arguments: Pulls.allCases)
    func `has nothing to do where the base has it all and no branch is left`(pulls: Pulls) {
        #expect(decide(State(wanted: nil, branch: .absent, pullRequests: pulls.state)) == .nothing(.upToDate))
    }

    @Test(arguments: Pulls.allCases)
    func `retires its branch and pull request once the base has it all`(pulls: Pulls) {
        for carried in [Self.new, Self.old, nil] {
            let action = decide(State(wanted: nil, branch: .ours(carried), pullRequests: pulls.state))
            #expect(action == .retire(pulls.open))
        }
    }

    @Test(
        arguments: [
            (.noForge, .push(thenUpdate: nil)), (.none, .push(thenUpdate: nil)), (.openSame, .push(thenUpdate: 7)),
            (.openOther, .push(thenUpdate: 7)), (.openSilent, .push(thenUpdate: 7)),
            (.openSameAfterRejection, .push(thenUpdate: 7)), (.rejectedSame, .nothing(.rejectedByPeople)),
            (.rejectedOther, .push(thenUpdate: nil)),
        ] as [(Pulls, Action)], [.absent, .ours(old), .ours(nil)] as [ProposalState.BranchState])
    func `pushes what is wanted unless people closed the very same`(
        row: (pulls: Pulls, expected: Action), branch: ProposalState.BranchState
    ) {
        let action = decide(State(wanted: Self.new, branch: branch, pullRequests: row.pulls.state))
        #expect(action == row.expected)
    }

    @Test(
        arguments: [
            (.noForge, .nothing(.alreadyProposed)), (.none, .createPullRequest),
            (.openSame, .nothing(.alreadyProposed)), (.openOther, .updatePullRequest(7)),
            (.openSilent, .updatePullRequest(7)), (.openSameAfterRejection, .nothing(.alreadyProposed)),
            (.rejectedSame, .nothing(.rejectedByPeople)), (.rejectedOther, .createPullRequest),
        ] as [(Pulls, Action)])
    func `leaves a branch that is right, and mends only its pull request`(pulls: Pulls, expected: Action) {
        let action = decide(State(wanted: Self.new, branch: .ours(Self.new), pullRequests: pulls.state))
        #expect(action == expected)
    }
}
