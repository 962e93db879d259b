/// All that decides what to do about one proposal: what is wanted, and what git and the forge hold.
package struct ProposalState: Hashable, Sendable {
    /// The wanted content, as a hash of all files to write; nil if the base already has it all.
    package var wanted: ContentFingerprint?
    package var branch: BranchState
    /// Nil where no forge is configured.
    package var pullRequests: PullRequestState?

    package init(wanted: ContentFingerprint?, branch: BranchState, pullRequests: PullRequestState?) {
        self.wanted = wanted
        self.branch = branch
        self.pullRequests = pullRequests
    }

    /// The proposal's branch on the remote.
    package enum BranchState: Hashable, Sendable {
        case absent
        /// It holds commits of Leastwise alone; the fingerprint is that of its newest commit, nil if it carries none.
        case ours(ContentFingerprint?)
        /// Somebody else committed to it.
        case edited(by: [String])
    }

    /// The pull requests of the branch.
    package struct PullRequestState: Hashable, Sendable {
        /// The number of the open one.
        package var open: Int?
        /// What the open one says it proposes; nil if it says nothing.
        package var openFingerprint: ContentFingerprint?
        /// What people closed without merging.
        package var rejected: Set<ContentFingerprint>

        package init(open: Int?, openFingerprint: ContentFingerprint?, rejected: Set<ContentFingerprint>) {
            self.open = open
            self.openFingerprint = openFingerprint
            self.rejected = rejected
        }

        /// True if people closed a pull request of that content.
        func rejects(_ wanted: ContentFingerprint) -> Bool {
            rejected.contains { $0.content == wanted.content }
        }
    }
}

/// A hash of what a proposal writes: equal changes, equal fingerprint.
package struct ContentFingerprint: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    /// The part before a dash, which tells what is proposed; all of it where there is none. What follows tells how it
    /// lies in the base.
    package var content: Substring { rawValue.prefix { $0 != "-" } }
}
