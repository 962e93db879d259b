import CLibgit2

extension GitError {
    /// Makes an error of libgit2's code and of the text it left for this thread.
    init(libgit2 code: Int32, _ doing: String) {
        let last = unsafe git_error_last()
        let text = unsafe last.flatMap { unsafe $0.pointee.message }.map { unsafe String(cString: $0) }
        let area = unsafe last.map { unsafe $0.pointee.klass } ?? 0
        let (kind, hint) = Self.classification(code: code, area: area, text: text ?? "")
        self.init(code: kind, message: "cannot \(doing): \(text ?? "libgit2 code \(code)")", hint: hint)
    }

    private static func classification(code: Int32, area: Int32, text: String) -> (Code, String) {
        switch git_error_code(rawValue: code) {
        case GIT_ENOTFOUND: return (.notFound, "check the name, and that the repository was fetched")
        case GIT_EAUTH: return (.unauthorized, "check that the credentials may read and write the repository")
        case GIT_ECERTIFICATE: return (.certificate, "check the host's key and the known_hosts file")
        case GIT_ELOCKED: return (.locked, "check that no other process uses the cache folder")
        case GIT_EINVALIDSPEC: return (.invalidValue, "choose a name that git allows")
        default: break
        }
        switch git_error_t(rawValue: numericCast(area)) {
        case GIT_ERROR_SSH where text.contains("uthenticat"):
            return (.unauthorized, "check the private key, its passphrase and its rights on the server")
        case GIT_ERROR_NET, GIT_ERROR_HTTP, GIT_ERROR_SSH, GIT_ERROR_SSL:
            return (.protocolError, "check that the address is the repository's and that the connection is stable")
        case GIT_ERROR_OS, GIT_ERROR_FILESYSTEM:
            return (.file, "check the cache folder, its rights and the free space")
        case GIT_ERROR_ODB, GIT_ERROR_ZLIB, GIT_ERROR_OBJECT, GIT_ERROR_INDEXER, GIT_ERROR_SHA, GIT_ERROR_REPOSITORY,
            GIT_ERROR_CONFIG:
            return (.corruptCache, "fetch again: the cache is rebuilt then; check the disk if it happens often")
        default:
            return (.internalFailure, "report this with the message above")
        }
    }

    /// Throws unless libgit2's code says that all went well.
    static func check(_ code: Int32, _ doing: @autoclosure () -> String) throws(GitError) {
        guard code < 0 else { return }
        throw GitError(libgit2: code, doing())
    }
}
