/// Who made a commit.
package struct GitIdentity: Sendable, Hashable {
    /// The name as git shows it.
    package let name: String
    /// The e-mail address, which forges map to an account.
    package let email: String

    /// Makes an identity.
    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }

    /// Throws for what would break a commit's header: an empty part, angle brackets, control characters.
    func check() throws(GitError) {
        for (what, value) in [("name", name), ("e-mail address", email)] {
            let isClean = value.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0 != "\u{7F}" && $0 != "<" && $0 != ">"
            }
            guard isClean, value.contains(where: { $0 != " " && $0 != "." }) else {
                throw GitError(
                    code: .invalidValue,
                    message: "the author's \(what) is empty, or holds angle brackets or control characters",
                    hint: "correct the author in the configuration"
                )
            }
        }
    }
}

/// When a commit was made.
package struct GitTime: Sendable, Hashable {
    /// Seconds since 1970-01-01 UTC.
    package let seconds: Int64
    /// Minutes east of Greenwich, -1439 to 1439.
    package let offsetMinutes: Int

    /// Makes a time; commits of equal content, parent, author and time have equal names.
    package init(seconds: Int64, offsetMinutes: Int = 0) {
        self.seconds = seconds
        self.offsetMinutes = offsetMinutes
    }

    func check() throws(GitError) {
        guard seconds >= 0, abs(offsetMinutes) < 1440 else {
            throw GitError(
                code: .invalidValue,
                message: "a commit's time of \(seconds) s at \(offsetMinutes) min cannot be written",
                hint: "check the clock"
            )
        }
    }
}
