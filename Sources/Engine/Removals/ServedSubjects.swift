import Domain
import PolicyEvaluator
import RBACLearner

/// Subjects whose every observed request is allowed by a part of what a repository grants.
struct ServedSubjects {
    private let generated: Set<Subject>
    private let own: Set<String>

    init(_ learned: LearnedCluster, base: RepositoryObjects, editable: EditableGrants) {
        let all = base.grants
        let everyone = AccessReplay.builtInGrants(learned.inventory.grants).forEveryone
        let written = AccessGrants(
            roles: all.roles.filter(\.isGenerated), bindings: all.bindings.filter(\.isGenerated))
        let people = Self.ownGrants(all, live: learned.inventory.grants, editable: editable)
        generated = Self.served(learned.access, by: AccessEvaluator(grants: everyone + written))
        own = Set(
            Self.served(learned.access, by: AccessEvaluator(grants: everyone + people)).map(\.description))
    }

    /// True if roles that Leastwise wrote and people merged are enough.
    func byGenerated(_ subject: Subject) -> Bool {
        generated.contains(subject.kind == .user ? Subject(userName: subject.name) : subject)
    }

    /// True if roles that people wrote for the subject alone are enough.
    ///
    /// - Parameter title: the subject's description.
    func byOwn(_ title: String) -> Bool { own.contains(title) }

    private static func served(_ learned: LearnedAccess, by judge: AccessEvaluator) -> Set<Subject> {
        // What was allowed to them, and no role that is generated would allow.
        let unserved = Set(learned.notLearned.filter(\.reason.needsAttention).map(\.subject))
        let served = learned.subjects.filter { subject in
            guard !unserved.contains(subject.subject) else { return false }
            return subject.observed.allSatisfy {
                judge.verdict(subject: $0.requester, groups: $0.groups, action: $0.action).isAllowed
            }
        }
        return Set(served.map(\.subject))
    }

    /// Roles that can be edited where they stand, each bound to one subject alone, here and in the cluster.
    private static func ownGrants(
        _ grants: AccessGrants, live: AccessGrants, editable: EditableGrants
    ) -> AccessGrants {
        var holders: [RoleKey: Set<Subject>] = [:]
        for binding in grants.bindings + live.bindings {
            guard let role = RoleKey(boundBy: binding) else { continue }
            holders[role, default: []].formUnion(binding.resolvedSubjects)
        }
        let own = Set(holders.filter { editable.roles[$0.key] != nil && $0.value.count == 1 }.keys)
        return AccessGrants(
            roles: grants.roles.filter { !$0.isGenerated && own.contains(RoleKey($0)) },
            bindings: grants.bindings.filter { binding in
                !binding.isGenerated && RoleKey(boundBy: binding).map(own.contains) == true
            })
    }
}

extension AccessGrants {
    /// The grants without bindings to anybody but groups that everyone is in: nobody loses those.
    fileprivate var forEveryone: AccessGrants {
        let everyone: Set = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"]
        return AccessGrants(
            roles: roles,
            bindings: bindings.filter { $0.subjects.contains { $0.kind == .group && everyone.contains($0.name) } })
    }
}
