package import HTTPTransport

/// Where a repository is, where its cache goes, and what is allowed on the way.
package struct RepositoryLocation: Sendable {
    /// An `https`, `http`, `ssh` or `file` URL, `user@host:path`, or an absolute path.
    package var url: String
    /// The folder of all caches; each URL has one bare repository in it.
    package var cacheDirectory: String
    /// Who the program is.
    package var credentials: GitCredentials
    /// Timeouts, authorities and redirects; connect, stall and total timeouts apply to ssh as well.
    package var network: HTTPPolicy
    /// An OpenSSH `known_hosts` file; ssh refuses to connect without one.
    package var sshKnownHosts: String?
    /// The largest answer of a server, in bytes.
    package var maxAnswerBytes: Int

    /// Makes a location; nothing is contacted or created yet.
    package init(
        url: String,
        cacheDirectory: String,
        credentials: GitCredentials = .none,
        network: HTTPPolicy = HTTPPolicy(totalTimeout: .seconds(900)),
        sshKnownHosts: String? = nil,
        maxAnswerBytes: Int = 4 << 30
    ) {
        self.url = url
        self.cacheDirectory = cacheDirectory
        self.credentials = credentials
        self.network = network
        self.sshKnownHosts = sshKnownHosts
        self.maxAnswerBytes = maxAnswerBytes
    }

    /// The policy for git's requests: packs are large, and some servers route by git's name.
    var policy: HTTPPolicy {
        var policy = network
        policy.maxResponseBytes = maxAnswerBytes
        policy.userAgent = "git/2.0 (\(network.userAgent))"
        return policy
    }
}
