import CLibgit2
import HTTPTransport

extension GitRepository {
    /// Moves or creates a remote branch, if it still is what the caller expects; nil for "does not exist".
    ///
    /// The server compares as well, so that nobody's push in between is overwritten. Not a fast-forward is fine. A
    /// `file` URL runs no hooks. Throws `branchNameConflict` where the name cannot be; after `timeout` or
    /// `protocolError` the branch may have moved: push again, which answers `upToDate` then.
    package func push(
        _ commit: CommitID,
        to branch: String,
        expecting expected: CommitID?
    ) throws(GitError) -> PushResult {
        try update(BranchName(branch), to: commit, expecting: expected)
    }

    /// Deletes a remote branch, if it still is what the caller expects; `upToDate` when it is gone already.
    package func deleteBranch(_ branch: String, expecting expected: CommitID) throws(GitError) -> PushResult {
        try update(BranchName(branch), to: nil, expecting: expected)
    }

    private func update(
        _ branch: BranchName,
        to commit: CommitID?,
        expecting expected: CommitID?
    ) throws(GitError) -> PushResult {
        try withCache { (cache) throws(GitError) in
            let session = try RemoteSession(self, cache.folder)
            session.lease = Lease(branch, expecting: expected)
            let result = try cache.push(commit, to: branch, session)
            switch result {
            case .pushed, .upToDate:
                try cache.setReference(branch.tracking, to: commit)
                return result
            case .rejected(let rejection):
                let redaction = location.credentials.redaction
                let clean = PushRejection(
                    reason: redaction(rejection.reason), serverText: redaction(rejection.serverText))
                return try cache.explain(clean, branch, commit, expected, RemoteSession(self, cache.folder))
            case .leaseLost:
                return result
            }
        }
    }
}

extension Cache {
    // libgit2 pushes references only; this one lives as long as the push.
    private static let outgoing = "refs/leastwise/outgoing"

    fileprivate func push(
        _ commit: CommitID?,
        to branch: BranchName,
        _ session: RemoteSession
    ) throws(GitError) -> PushResult {
        if let commit {
            try withCommit(commit) { _ in }
        }
        return try withRemote(session, GIT_DIRECTION_PUSH) { (remote) throws(GitError) in
            let heads = try remote.heads(session)
            guard heads.commit(of: branch.name) != commit else { return .upToDate }
            if commit != nil, let other = heads.conflict(with: branch.name) { throw branch.conflict(with: other) }
            try setReference(Self.outgoing, to: commit)
            let code = remote.upload("+\(commit == nil ? "" : Self.outgoing):\(branch.reference)", session)
            try setReference(Self.outgoing, to: nil)
            return try session.result(code, branch)
        }
    }

    /// A server also refuses when somebody was faster during the push; that is a lost lease.
    fileprivate func explain(
        _ rejection: PushRejection,
        _ branch: BranchName,
        _ commit: CommitID?,
        _ expected: CommitID?,
        _ session: RemoteSession
    ) throws(GitError) -> PushResult {
        let heads = try withRemote(session, GIT_DIRECTION_FETCH) { (remote) throws(GitError) in
            try remote.heads(session)
        }
        let actual = heads.commit(of: branch.name)
        if actual == commit { return .pushed }
        return actual == expected ? .rejected(rejection) : .leaseLost(actual: actual)
    }
}

extension RemoteSession {
    /// Reads the verdict: libgit2 returns success also where the server refused the branch.
    fileprivate func result(_ code: Int32, _ branch: BranchName) throws(GitError) -> PushResult {
        if let lease, lease.isLost { return .leaseLost(actual: lease.actual ?? nil) }
        if let status = reports[branch.reference] {
            return status.map { rejection($0) } ?? .pushed
        }
        guard code < 0 else { return rejection("the server sent no verdict") }
        let error = cause ?? GitError(libgit2: code, "push to \(address.url)")
        // With this text libgit2 reports that the server did not take the pack.
        guard cause == nil, error.message.contains("unpacking the sent packfile failed") else { throw error }
        return rejection("the server did not take the objects")
    }

    private func rejection(_ reason: String) -> PushResult {
        let line = ServerText.line(Array(reason.utf8))
        return .rejected(PushRejection(reason: line, serverText: serverText.text))
    }
}

extension BranchName {
    fileprivate func conflict(with other: String) -> GitError {
        GitError(
            code: .branchNameConflict,
            message: "branch \(name) cannot be made while there is a branch \(other)",
            hint: "delete or rename \(other), or configure another branch prefix"
        )
    }
}

extension Handle where Kind == RemoteHandleKind {
    fileprivate func upload(_ refspec: String, _ session: RemoteSession) -> Int32 {
        var options = unsafe git_push_options()
        _ = unsafe git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
        unsafe options.callbacks = RemoteCallbacks.make(for: session)
        unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        return unsafe CStrings([refspec]).withArray { unsafe git_remote_upload(pointer, $0, &options) }
    }
}
