import CLibgit2

extension Cache {
    /// Connects to the remote repository, lends the connection and closes it.
    func withRemote<Value>(
        _ session: RemoteSession,
        _ direction: git_direction,
        _ body: (borrowing RemoteHandle) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        defer { withExtendedLifetime(session) {} }
        let remote = try remote(to: session.url)
        var options = unsafe git_remote_connect_options()
        _ = unsafe git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        unsafe options.callbacks = RemoteCallbacks.make(for: session)
        unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        let code = unsafe git_remote_connect_ext(remote.pointer, direction, &options)
        guard code >= 0 else { throw session.connectFailure(code) }
        defer { _ = unsafe git_remote_disconnect(remote.pointer) }
        return try body(remote)
    }

    private func remote(to url: String) throws(GitError) -> RemoteHandle {
        var options = unsafe git_remote_create_options()
        _ = unsafe git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
        unsafe options.repository = repository.pointer
        let flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        unsafe options.flags = flags
        return try unsafe RemoteHandle("use \(url)") { unsafe git_remote_create_with_opts(&$0, url, &options) }
    }
}

extension RemoteSession {
    fileprivate func connectFailure(_ code: Int32) -> GitError {
        let error = cause ?? GitError(libgit2: code, "connect to \(address.url)")
        guard address.scheme == .file else { return error }
        return GitError(
            code: .notFound, message: error.message, hint: "check that a repository is there, and its rights")
    }
}

extension Handle where Kind == RemoteHandleKind {
    /// What the server said of its branches when the connection began.
    func heads(_ session: RemoteSession) throws(GitError) -> RemoteHeads {
        var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try session.check(unsafe git_remote_ls(&list, &count, pointer), "list the branches")
        var branches: [RemoteBranch] = []
        var defaultBranch: String?
        for index in 0..<count {
            guard let head = unsafe list?[index]?.pointee, let bytes = unsafe head.name,
                let name = unsafe String(validatingCString: bytes)
            else { continue }
            if name == "HEAD", let target = unsafe head.symref_target {
                defaultBranch = Self.branch(unsafe String(cString: target))
            } else if let branch = Self.branch(name) {
                branches.append(RemoteBranch(name: branch, commit: CommitID(unsafe head.oid)))
            }
        }
        return RemoteHeads(defaultBranch: defaultBranch, branches: branches)
    }

    /// The branch of a reference; nil for tags, peeled entries and names that git does not allow.
    private static func branch(_ reference: String) -> String? {
        guard reference.hasPrefix(BranchName.remotePrefix) else { return nil }
        return try? BranchName(String(reference.dropFirst(BranchName.remotePrefix.count))).name
    }
}
