package import Domain

/// What the roles and bindings that exist are used for, by everyone and everything that was observed.
///
/// Roles and bindings of Kubernetes itself (label `kubernetes.io/bootstrapping=rbac-defaults`) are looked through where
/// others are bound to them, and are no subject of the review.
package struct GrantReview: Sendable {
    /// Sorted.
    package let bindings: [ReviewedBinding]
    /// The rules that roles themselves hold, with the use of all their bindings together; sorted. Without the roles that
    /// are aggregated from others and hold nothing of their own.
    package let roles: [ReviewedRole]
    /// Service accounts that several workloads share, or that are everybody's (`default`), sorted.
    package let accounts: [ReviewedAccount]
    /// Bindings that the authorizer named as the reason for a request, and that are not there or do not allow it: the
    /// objects are older or newer than the requests. Sorted.
    package let outdated: [BindingKey]
}

/// One binding, with what its subjects did through it.
package struct ReviewedBinding: Sendable {
    package let binding: RoleBinding
    /// Nil where it grants nothing: there is no such role.
    package let role: RoleKey?
    /// In the order of the role's rules, aggregated ones behind its own.
    package let rules: [ReviewedRule]
    /// In the binding's order.
    package let subjects: [ReviewedSubject]
    /// The requests for which the authorizer named it as the reason. It names the first binding that allows a request, so
    /// that none says nothing.
    package let named: Int64
    /// When the newer of the binding and its role was created; nil if one does not say. Kubernetes' own roles are as old
    /// as the cluster.
    package let created: Timestamp?

    package var key: BindingKey { BindingKey(binding) }
    /// True if no request was seen that a rule of it allows.
    package var isUnused: Bool { rules.allSatisfy { !$0.isUsed } }
    package var unusedRules: [ReviewedRule] { rules.filter { !$0.isUsed } }
    /// The newest request that a rule of it allows; nil if there is none.
    package var lastUse: Timestamp? { rules.compactMap(\.lastUse).max() }
}

/// A subject of a binding.
package struct ReviewedSubject: Hashable, Sendable {
    /// A ServiceAccount with its namespace, even where the binding leaves that out.
    package let subject: Subject
    /// The newest authorised request of the subject or, of a group, of a member; nil if none was seen at all.
    package let lastSeen: Timestamp?
    /// The newest of them that the binding, or the role, allows; nil if there is none.
    package let lastUse: Timestamp?
}

/// A role and the use of the rules that it holds.
package struct ReviewedRole: Sendable {
    package let role: Role
    /// In the role's order.
    package let rules: [ReviewedRule]
    /// The bindings that grant it, also through a role that aggregates it; sorted.
    package let bindings: [BindingKey]
    /// The subjects of these bindings, sorted.
    package let subjects: [ReviewedSubject]
    /// When the newest of the role and its bindings was created; nil if one does not say.
    package let created: Timestamp?
    /// The newest request that it allowed through a binding that is not among these: the authorizer named one that is not
    /// there, or somebody who is not in it. Nil if there is none.
    package let usedElsewhere: Timestamp?
    /// True if it is labelled to be a part of an aggregated role, and nothing is known of that one and its bindings.
    package let isPartOfUnknown: Bool

    package var key: RoleKey { RoleKey(role) }
}

/// A rule and the requests that it allows, through one binding or through all.
package struct ReviewedRule: Sendable {
    /// The role that holds it: another one than the bound role if that aggregates it.
    package let origin: RoleKey
    /// Its position in `origin`, from 0.
    package let index: Int
    package let rule: PolicyRule
    let uses: UseLedger
    /// What the rule leads to in the hands of the binding's subjects, sorted; empty for a rule of a role by itself.
    package let risks: [AccessRisk]

    package var isUsed: Bool { !uses.isEmpty }
    /// The newest request that it allows; nil if there is none.
    package var lastUse: Timestamp? { uses.last }
    /// The requests that it allows, with their names and namespaces, sorted.
    package var used: [UsedPermission] { uses.permissions }
    /// What of it allowed nothing.
    package var unusedParts: RuleParts.Unused { RuleParts(rule).unused(beside: uses.cells) }
    /// What its wildcards stood for; empty without a wildcard.
    package var coveredByWildcards: [AccessAction] {
        RuleParts(rule).hasWildcard ? uses.cells.keys.map(\.clusterWideOrPath).uniqueSorted : []
    }
}

extension GrantReview {
    /// What a subject holds through one binding.
    package struct Holding: Sendable {
        package let binding: ReviewedBinding
        /// The subjects of the binding that stand for it: itself, or groups of which it is a member. Sorted.
        package let through: [Subject]
    }

    /// The bindings by which a subject has rights, in the order of `bindings`; those of Kubernetes itself left out.
    ///
    /// - Parameter groups: with which it was seen; those that authentication adds need not be among them.
    package func holdings(of subject: Subject, groups: some Sequence<String>) -> [Holding] {
        let all = Set((groups.map { $0 } + subject.impliedGroups).map { Subject(kind: .group, name: $0) })
        let itself = subject.kind == .group ? subject : Subject(userName: subject.userName)
        return bindings.compactMap { reviewed in
            let through = reviewed.subjects.map(\.subject).filter { bound in
                bound.kind == .group
                    ? bound == itself || all.contains(bound) : Subject(userName: bound.userName) == itself
            }
            return through.isEmpty ? nil : Holding(binding: reviewed, through: through.sorted())
        }
    }
}

extension ReviewedRule {
    /// The newest request of one requester that it allows; nil if there is none.
    package func lastUse(by requester: Subject) -> Timestamp? {
        uses.cells.values.lazy.flatMap { $0 }.filter { $0.key.requester == requester }.map(\.value.fact.last).max()
    }
}

/// A request that a rule allows, merged over requesters.
package struct UsedPermission: Hashable, Sendable {
    package let action: AccessAction
    package let count: Int64
    package let first: Timestamp
    package let last: Timestamp
    /// True if it was not seen, but the API server checks it along with what was.
    package let isInferred: Bool
}

/// A service account that is no workload's own.
package struct ReviewedAccount: Hashable, Sendable {
    package let account: Subject
    /// Who uses it: the workloads that run as it, then pods of others, each sorted.
    package let parts: [Part]
    /// The bindings that name it, sorted.
    package let bindings: [BindingKey]

    /// One workload's part in the use of the account.
    package struct Part: Hashable, Sendable {
        /// The workload, or `pods NAME-...` of one that is not declared.
        package let user: String
        /// What its pods were seen to ask for, without names, sorted; empty where the records name no pods.
        package let actions: [AccessAction]
    }

    /// True for the account that pods get which ask for none.
    package var isDefault: Bool { account.name == "default" }
}

extension Collection<AccessAction> {
    /// Each once, in order.
    var uniqueSorted: [AccessAction] { Set(self).sorted() }
}

extension AccessAction {
    /// The same permission whatever the namespace.
    var clusterWideOrPath: AccessAction { isResourceRequest ? clusterWide : self }
}
