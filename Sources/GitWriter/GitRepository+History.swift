import CLibgit2

extension GitRepository {
    /// The commits of a branch that its base lacks, newest first; all commits where the two are unrelated.
    ///
    /// Look at all of them to see whether a person worked on the branch. Throws `tooLarge` beyond `limit` commits, so
    /// that nobody's work is overlooked.
    package func history(
        from base: CommitID,
        to head: CommitID,
        limit: Int = 1000
    ) throws(GitError) -> [CommitSummary] {
        try withCache { (cache) throws(GitError) in
            var summaries: [CommitSummary] = []
            let walk = try unsafe RevisionWalkHandle("walk the history") {
                unsafe git_revwalk_new(&$0, cache.repository.pointer)
            }
            try walk.begin(at: head, hiding: base)
            while let id = try walk.next() {
                guard summaries.count < limit else {
                    throw GitError(
                        code: .tooLarge,
                        message: "there are more than \(limit) commits between \(base) and \(head)",
                        hint: "check that the branch began at its base; delete the branch if it did not"
                    )
                }
                summaries.append(try cache.withCommit(id) { $0.summary(of: id) })
            }
            return summaries
        }
    }

    /// Where a branch was at a time, in seconds since 1970: the newest commit that is no younger, along first parents; the
    /// first commit of all where the history is shorter.
    package func commit(on head: CommitID, at time: Int64) throws(GitError) -> CommitID {
        try withCache { (cache) throws(GitError) in
            let walk = try unsafe RevisionWalkHandle("walk the history") {
                unsafe git_revwalk_new(&$0, cache.repository.pointer)
            }
            try walk.beginAlongFirstParents(at: head)
            var found = head
            while let id = try walk.next() {
                found = id
                if try cache.withCommit(id, { unsafe git_commit_time($0.pointer) }) <= time { break }
            }
            return found
        }
    }

    /// The newest commit that two have in common; nil where they are unrelated.
    package func mergeBase(_ one: CommitID, _ other: CommitID) throws(GitError) -> CommitID? {
        try withCache { (cache) throws(GitError) in
            var (first, second, result) = (one.raw, other.raw, git_oid())
            let code = unsafe git_merge_base(&result, cache.repository.pointer, &first, &second)
            if code == GIT_ENOTFOUND.rawValue { return nil }
            try GitError.check(code, "find the common base of \(one) and \(other)")
            return CommitID(result)
        }
    }
}

extension Handle where Kind == RevisionWalkHandleKind {
    fileprivate func begin(at head: CommitID, hiding base: CommitID) throws(GitError) {
        var (headID, baseID) = (head.raw, base.raw)
        _ = unsafe git_revwalk_sorting(pointer, GIT_SORT_TOPOLOGICAL.rawValue)
        try GitError.check(unsafe git_revwalk_push(pointer, &headID), "read commit \(head)")
        try GitError.check(unsafe git_revwalk_hide(pointer, &baseID), "read commit \(base)")
    }

    fileprivate func beginAlongFirstParents(at head: CommitID) throws(GitError) {
        var headID = head.raw
        try GitError.check(unsafe git_revwalk_simplify_first_parent(pointer), "walk the history")
        try GitError.check(unsafe git_revwalk_push(pointer, &headID), "read commit \(head)")
    }

    fileprivate func next() throws(GitError) -> CommitID? {
        var raw = git_oid()
        let code = unsafe git_revwalk_next(&raw, pointer)
        if code == GIT_ITEROVER.rawValue { return nil }
        try GitError.check(code, "walk the history")
        return CommitID(raw)
    }
}

extension Handle where Kind == CommitHandleKind {
    fileprivate func summary(of id: CommitID) -> CommitSummary {
        let parents = (0..<(unsafe git_commit_parentcount(pointer))).compactMap { index in
            unsafe git_commit_parent_id(pointer, index).map { CommitID(unsafe $0.pointee) }
        }
        let offset = unsafe git_commit_time_offset(pointer)
        return unsafe CommitSummary(
            id: id,
            parents: parents,
            tree: TreeID(treeID),
            author: Self.identity(git_commit_author(pointer)),
            committer: Self.identity(git_commit_committer(pointer)),
            time: GitTime(seconds: git_commit_time(pointer), offsetMinutes: Int(offset)),
            message: Self.text(git_commit_message(pointer))
        )
    }

    private static func identity(_ signature: UnsafePointer<git_signature>?) -> GitIdentity {
        guard let signature = unsafe signature else { return GitIdentity(name: "", email: "") }
        return unsafe GitIdentity(name: text(signature.pointee.name), email: text(signature.pointee.email))
    }

    private static func text(_ bytes: UnsafePointer<CChar>?) -> String {
        unsafe bytes.map { unsafe String(cString: $0) } ?? ""
    }
}
