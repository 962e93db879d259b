import Domain
import RBACLearner

/// Which roles and bindings of a repository are in the cluster as they stand there, but for what was taken away since.
///
/// What the cluster has not yet is new, whatever the age of its object: nobody could use it so far. Where the two differ,
/// the file may be that of another cluster, or be changed on its way.
struct AppliedGrants {
    private let differing: Set<RoleKey>
    private let differingBindings: Set<BindingKey>
    private let declared: [BindingKey: RoleBinding]

    init(live: AccessGrants, declared: AccessGrants) {
        let roles = Dictionary(live.roles.map { (RoleKey($0), $0) }) { $1 }
        let bindings = Dictionary(live.bindings.map { (BindingKey($0), $0) }) { $1 }
        differing = Set(
            declared.roles.filter { role in
                roles[RoleKey(role)].map { !RuleCover.covers($0.rules, role.rules) } ?? true
            }.map { RoleKey($0) })
        differingBindings = Set(
            declared.bindings.filter { binding in
                guard let live = bindings[BindingKey(binding)] else { return true }
                return live.role != binding.role
                    || !Set(live.resolvedSubjects).isSuperset(of: binding.resolvedSubjects)
            }.map { BindingKey($0) })
        self.declared = Dictionary(declared.bindings.map { (BindingKey($0), $0) }) { $1 }
    }

    /// True if the role, as far as the repository has it, grants nothing that it does not grant in the cluster.
    func holds(_ role: RoleKey) -> Bool { !differing.contains(role) }

    /// The same of a binding.
    func holds(_ binding: BindingKey) -> Bool { !differingBindings.contains(binding) }

    /// The same of a role and all its bindings.
    func holds(_ role: ReviewedRole) -> Bool { holds(role.key) && role.bindings.allSatisfy(holds) }

    /// The subjects that the repository binds.
    func subjects(of binding: BindingKey) -> Set<Subject> { Set(declared[binding]?.resolvedSubjects ?? []) }
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
