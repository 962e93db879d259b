/// Who asks, as far as it is known to an audit policy, which looks at user names and groups.
package struct AuditedSubject: Hashable, Sendable {
    enum Name: Hashable, Sendable {
        case user(String)
        /// Some ServiceAccount of the namespace, or of any.
        case serviceAccount(in: Namespace?)
        case anyone
    }

    let name: Name
    let groups: Set<String>
    /// True if no other group can come with a request.
    let hasOnlyTheseGroups: Bool

    private static let authenticated = "system:authenticated"
    private static let unauthenticated = "system:unauthenticated"
    private static let accounts = "system:serviceaccounts"

    /// A subject with the groups that it was seen with. A User may have others, unless `hasOnlyTheseGroups` says not.
    ///
    /// A ServiceAccount's groups are known, and so is that of anonymous requests (k8s.io/apiserver,
    /// pkg/authentication). A Group stands for each of its members.
    package init(_ subject: Subject, groups: [String] = [], hasOnlyTheseGroups: Bool = false) {
        let account = subject.kind == .user ? Subject(userName: subject.name) : subject
        switch account.kind {
        case .serviceAccount:
            name = .user(account.userName)
            self.groups = [Self.accounts, "\(Self.accounts):\(account.namespace)", Self.authenticated]
            self.hasOnlyTheseGroups = true
        case .user where account.name == "system:anonymous":
            name = .user(account.name)
            self.groups = [Self.unauthenticated]
            self.hasOnlyTheseGroups = true
        case .user:
            name = .user(account.name)
            // Authentication adds the one group unless the other is there (AuthenticatedGroupAdder).
            let added = groups.contains(Self.unauthenticated) ? [] : [Self.authenticated]
            self.groups = Set(groups + added)
            self.hasOnlyTheseGroups = hasOnlyTheseGroups
        case .group:
            (name, self.groups, self.hasOnlyTheseGroups) = Self.member(of: account.name, groups)
        }
    }

    private static func member(of group: String, _ more: [String]) -> (Name, Set<String>, Bool) {
        if group == accounts { return (.serviceAccount(in: nil), [accounts, authenticated], false) }
        if group.hasPrefix(accounts + ":") {
            let home = Namespace(String(group.dropFirst(accounts.count + 1)))
            return (.serviceAccount(in: home), [accounts, group, authenticated], true)
        }
        return (.anyone, Set(more + [group]), false)
    }
}
