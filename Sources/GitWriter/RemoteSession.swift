import CLibgit2
import HTTPTransport

/// What libgit2's callbacks of one connection share; used from one thread, and outlives the remote.
final class RemoteSession {
    let location: RepositoryLocation
    let address: RemoteAddress
    let client: HTTPClient
    let spoolPath: String
    /// Where requests go; another one than the address after a redirect.
    var baseURL: String
    /// What the branch to push to has to be; nil while fetching.
    var lease: Lease?
    var serverText = ServerText()
    /// The server's verdict on each reference; nil inside for success.
    private(set) var reports: [String: String?] = [:]
    private(set) var failure: GitError?
    private let relay: SSHRelay?
    private var streams = 0
    private var credentialCalls = 0

    /// Connects to an ssh server already.
    init(_ repository: GitRepository, _ folder: CacheFolder) throws(GitError) {
        location = repository.location
        address = repository.address
        client = repository.client
        spoolPath = folder.spoolPath
        baseURL = repository.address.url
        guard case .ssh(_, let host, let port, _) = address.scheme else {
            relay = nil
            return
        }
        relay = try SSHRelay(host: host, port: port, policy: location.network)
    }

    /// Where libgit2 connects to.
    var url: String {
        guard case .ssh(let user, _, _, let path) = address.scheme, let relay else { return address.url }
        return "ssh://\(user)@127.0.0.1:\(relay.port)\(path)"
    }

    func nextNumber() -> Int {
        streams += 1
        return streams
    }

    /// Keeps the first failure; later ones are its consequences.
    func fail(_ error: GitError) {
        failure = failure ?? error
    }

    func report(_ reference: String, _ status: String?) {
        reports[reference] = .some(status)
    }

    /// Why libgit2 failed, where it is known better than libgit2 knows it.
    var cause: GitError? { failure ?? relay?.failure }

    /// Throws what a callback kept, or libgit2's own error.
    func check(_ code: Int32, _ doing: @autoclosure () -> String) throws(GitError) {
        guard code < 0 else { return }
        throw cause ?? GitError(libgit2: code, doing())
    }

    /// Answers libgit2's question for credentials once; a second question means that they were refused.
    func credential(_ result: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?) -> Int32 {
        credentialCalls += 1
        guard case .ssh(let user, _, _, _) = address.scheme,
            case .sshKey(let path, let passphrase) = location.credentials, credentialCalls == 1
        else {
            fail(
                GitError(
                    code: .unauthorized,
                    message: "\(address.url) refuses the credentials",
                    hint: "check the key, its passphrase and rights; take an ed25519 or ECDSA key, since RSA keys sign "
                        + "with SHA-1 here, which servers refuse"
                )
            )
            return GIT_EUSER.rawValue
        }
        return unsafe git_credential_ssh_key_new(result, user, nil, path, passphrase?.reveal())
    }
}

/// What a branch has to be at the moment of a push.
final class Lease {
    let branch: BranchName
    let expected: CommitID?
    /// What it was; nil inside for no such branch, nil outside until the server said.
    var actual: CommitID??

    init(_ branch: BranchName, expecting expected: CommitID?) {
        self.branch = branch
        self.expected = expected
    }

    var isLost: Bool {
        guard let actual else { return false }
        return actual != expected
    }
}
