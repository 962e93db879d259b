import CLibgit2

extension GitRepository {
    /// The remote's branches now; nothing is fetched.
    package func remoteHeads() throws(GitError) -> RemoteHeads {
        try withCache { (cache) throws(GitError) in
            let session = try RemoteSession(self, cache.folder)
            return try cache.withRemote(session, GIT_DIRECTION_FETCH) { (remote) throws(GitError) in
                try remote.heads(session)
            }
        }
    }

    /// Fetches some branches, and all that begin with a prefix; `head(of:)` then knows these and no others.
    ///
    /// Throws `emptyRepository` where the remote has no branch at all, and `notFound` where one of `branches` is
    /// missing; that no branch has a prefix is not an error. A damaged or worn cache is rebuilt, which loses commits
    /// that were not pushed: commit after the fetch.
    package func fetch(branches: [String], prefixes: [String] = []) throws(GitError) -> RemoteHeads {
        let names = try branches.map { (name) throws(GitError) in try BranchName(name) }
        return try withCache { (cache) throws(GitError) in
            let wanted = WantedBranches(names: names, prefixes: prefixes)
            if cache.folder.isWorn { try cache.rebuild() }
            do throws(GitError) {
                return try cache.fetch(wanted, RemoteSession(self, cache.folder))
            } catch {
                guard error.code == .corruptCache else { throw error }
            }
            try cache.rebuild()
            do throws(GitError) {
                return try cache.fetch(wanted, RemoteSession(self, cache.folder))
            } catch {
                throw error.code == .corruptCache ? error.blamingServer : error
            }
        }
    }
}

/// What a fetch asks for.
struct WantedBranches {
    let names: [BranchName]
    let prefixes: [String]

    /// The branches to fetch, each once; throws where one is not there.
    func select(from heads: RemoteHeads) throws(GitError) -> [(name: BranchName, commit: CommitID)] {
        guard !heads.branches.isEmpty else {
            throw GitError(
                code: .emptyRepository,
                message: "the remote repository has no commit yet",
                hint: "push a first commit to its main branch"
            )
        }
        for wanted in names where heads.commit(of: wanted.name) == nil {
            throw GitError(
                code: .notFound,
                message: "the remote repository has no branch \(wanted.name)",
                hint: "configure a branch that exists\(heads.defaultBranch.map { "; the default one is \($0)" } ?? "")"
            )
        }
        let wanted = Set(names.map(\.name))
        return try heads.branches.filter { branch in
            wanted.contains(branch.name) || prefixes.contains { branch.name.hasPrefix($0) }
        }.map { (branch) throws(GitError) in (try BranchName(branch.name), branch.commit) }
    }
}

extension GitError {
    /// The same failure with a fresh cache, which cannot be the cause.
    fileprivate var blamingServer: GitError {
        GitError(
            code: .protocolError,
            message: message,
            hint: "the server sends damaged data: run git fsck there",
            underlying: underlying
        )
    }
}

extension Cache {
    fileprivate func fetch(_ wanted: WantedBranches, _ session: RemoteSession) throws(GitError) -> RemoteHeads {
        let heads = try withRemote(session, GIT_DIRECTION_FETCH) { (remote) throws(GitError) in
            let heads = try remote.heads(session)
            let selected = try wanted.select(from: heads)
            try remote.download(selected.map(\.name), session)
            try track(selected)
            return heads
        }
        return heads
    }

    /// Makes the tracking references those of some branches, after a look whether the commits are really there.
    private func track(_ branches: [(name: BranchName, commit: CommitID)]) throws(GitError) {
        for branch in branches {
            try withFetched(branch.commit)
        }
        let kept = Set(branches.map(\.name.tracking))
        for reference in try references()
        where reference.hasPrefix(BranchName.trackingPrefix) && !kept.contains(reference) {
            try setReference(reference, to: nil)
        }
        for branch in branches {
            try setReference(branch.name.tracking, to: branch.commit)
        }
    }

    private func withFetched(_ commit: CommitID) throws(GitError) {
        do throws(GitError) {
            try withTree(of: commit) { _ in }
        } catch {
            throw error.code == .notFound ? Self.missing("commit \(commit)") : error
        }
    }
}

extension Handle where Kind == RemoteHandleKind {
    fileprivate func download(_ branches: [BranchName], _ session: RemoteSession) throws(GitError) {
        guard !branches.isEmpty else { return }
        var options = unsafe git_fetch_options()
        _ = unsafe git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        unsafe options.callbacks = RemoteCallbacks.make(for: session)
        unsafe options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        unsafe options.update_fetchhead = 0
        unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        let specs = CStrings(branches.map { "+\($0.reference):\($0.tracking)" })
        let code = unsafe specs.withArray { unsafe git_remote_download(pointer, $0, &options) }
        try session.check(code, "fetch from \(session.address.url)")
    }
}
