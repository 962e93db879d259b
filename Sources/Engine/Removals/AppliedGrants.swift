import Domain
import RBACLearner

/// Which roles and bindings of a repository are old: in the cluster as they stand there, and in the repository itself when
/// the time began in which they were not used; but for what was taken away since.
///
/// What an object says may be younger than the object. What the cluster has not yet, nobody could use so far. Where the two
/// differ, the file may be that of another cluster, or be changed on its way.
struct AppliedGrants {
    private let newRoles: Set<RoleKey>
    private let declared: [BindingKey: Set<Subject>]
    private let settled: [BindingKey: Set<Subject>]

    /// - Parameter earlier: what the repository had then; nil where that is not known.
    init(live: AccessGrants, declared: AccessGrants, earlier: AccessGrants?) {
        let all = [live] + [earlier].compactMap { $0 }
        let roles = all.map { Dictionary($0.roles.map { (RoleKey($0), $0) }) { $1 } }
        let bindings = all.map { Dictionary($0.bindings.map { (BindingKey($0), $0) }) { $1 } }
        newRoles = Set(
            declared.roles.filter { role in
                roles.contains { known in
                    !(known[RoleKey(role)].map { RuleCover.covers($0.rules, role.rules) } ?? false)
                }
            }.map { RoleKey($0) })
        self.declared = Dictionary(declared.bindings.map { (BindingKey($0), Set($0.resolvedSubjects)) }) { $1 }
        settled = Dictionary(
            declared.bindings.map { binding in
                let known = bindings.map { $0[BindingKey(binding)].flatMap { $0.role == binding.role ? $0 : nil } }
                let subjects = Set(binding.resolvedSubjects)
                return (
                    BindingKey(binding), known.reduce(subjects) { $0.intersection($1?.resolvedSubjects ?? []) }
                )
            }
        ) { $1 }
    }

    /// True if nothing that the repository lets the role grant is new.
    func holds(_ role: RoleKey) -> Bool { !newRoles.contains(role) }

    /// True if neither the role is new, nor anybody in its bindings.
    func holds(_ role: ReviewedRole) -> Bool {
        holds(role.key) && role.bindings.allSatisfy { settledSubjects(of: $0) == subjects(of: $0) }
    }

    /// The subjects that the repository binds.
    func subjects(of binding: BindingKey) -> Set<Subject> { declared[binding] ?? [] }

    /// Those of them who are not new in it.
    func settledSubjects(of binding: BindingKey) -> Set<Subject> { settled[binding] ?? [] }
}

extension AccessGrants {
    /// Both, the other's objects in place of those of the same name; when they were created stays known.
    ///
    /// A binding has the subjects of both: whom the cluster alone binds makes use of it as well.
    func overlaid(with other: AccessGrants) -> AccessGrants {
        let roles = Dictionary(self.roles.map { (RoleKey($0), $0) }) { $1 }
        let bindings = Dictionary(self.bindings.map { (BindingKey($0), $0) }) { $1 }
        return AccessGrants(
            roles: self.roles
                + other.roles.map { role in
                    var role = role
                    role.created = roles[RoleKey(role)]?.created
                    return role
                },
            bindings: self.bindings
                + other.bindings.map { binding in
                    guard let live = bindings[BindingKey(binding)] else { return binding.aged(nil, also: []) }
                    return binding.aged(live.created, also: live.role == binding.role ? live.resolvedSubjects : [])
                })
    }
}

extension RoleBinding {
    fileprivate func aged(_ created: Timestamp?, also subjects: [Subject]) -> RoleBinding {
        var binding = self
        binding.created = created
        let own = Set(resolvedSubjects)
        binding.subjects += subjects.filter { !own.contains($0) }
        return binding
    }
}
