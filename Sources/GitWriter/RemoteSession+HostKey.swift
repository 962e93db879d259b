import CLibgit2
import FoundationEssentials

extension RemoteSession {
    /// Accepts a host key that the known_hosts file lists; HTTP checks its certificates elsewhere.
    func checkHostKey(_ certificate: UnsafeMutablePointer<git_cert>?) -> Int32 {
        do throws(GitError) {
            try unsafe verify(certificate)
            return 0
        } catch {
            fail(error)
            return GIT_ECERTIFICATE.rawValue
        }
    }

    private func verify(_ certificate: UnsafeMutablePointer<git_cert>?) throws(GitError) {
        guard case .ssh(_, let host, let port, _) = address.scheme, let key = unsafe Self.key(certificate) else {
            throw Self.distrust("the server showed no host key", "check that the address is an SSH server's")
        }
        guard let path = location.sshKnownHosts else {
            throw Self.distrust("there is no known_hosts file", "name one in the configuration, written by ssh-keyscan")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Self.distrust("cannot read \(path)", "check the known_hosts file and its rights")
        }
        let verdict = KnownHosts(String(decoding: data, as: UTF8.self)).verdict(host: host, port: port, key: key)
        let compare = "compare with what the server's operator published, then update \(path) with ssh-keyscan"
        switch verdict {
        case .trusted: return
        case .unknown: throw Self.distrust("\(host) port \(port) is not in \(path), hashed names aside", compare)
        case .different: throw Self.distrust("\(host) port \(port) shows another key than \(path) lists", compare)
        case .revoked: throw Self.distrust("\(host) port \(port) shows a revoked key", compare)
        }
    }

    /// The public key as known_hosts has it in base64.
    private static func key(_ certificate: UnsafeMutablePointer<git_cert>?) -> [UInt8]? {
        guard let certificate = unsafe certificate,
            unsafe certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2
        else { return nil }
        // `git_cert` is the first member of `git_cert_hostkey` (git2/cert.h), and the type says that it is one.
        let hostKey = unsafe UnsafeMutableRawPointer(certificate).assumingMemoryBound(to: git_cert_hostkey.self).pointee
        guard unsafe hostKey.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let start = unsafe hostKey.hostkey else {
            return nil
        }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: hostKey.hostkey_len))
    }

    private static func distrust(_ message: String, _ hint: String) -> GitError {
        GitError(code: .certificate, message: "the host's key is not trusted: \(message)", hint: hint)
    }
}
