import Domain
import Layout

/// What stands in the base together with what was learned since.
///
/// An update only adds, and one that adds nothing leaves the text as it is: rules stay in the order in which people
/// merged them, unless all of them were learned again.
struct Growth<Value> {
    let value: Value
    /// How much of the present was not learned again.
    let kept: Int
}

extension Growth<NetworkPolicy> {
    static func of(_ present: NetworkPolicy, _ learned: NetworkPolicy) -> Growth {
        let kept = KeptRules.merge(learned, keeping: present).kept
        guard kept > 0 else { return Growth(value: learned, kept: 0) }
        var grown = KeptRules.merge(present, keeping: learned).policy
        grown.dialect = learned.dialect
        grown.labels = learned.labels
        grown.annotations = learned.annotations
        return Growth(value: grown, kept: kept)
    }
}

extension Growth<AccessGrants> {
    static func of(_ present: AccessGrants, _ learned: AccessGrants) -> Growth {
        let merged = KeptRules.merge(learned, keeping: present)
        guard merged.kept > 0, !bindsOtherwise(present, learned) else {
            return Growth(value: merged.grants, kept: merged.kept)
        }
        var grown = KeptRules.merge(present, keeping: learned).grants
        let key: (Role) -> ExactText = { ExactText("\($0.namespace)/\($0.name)") }
        let annotations = Dictionary(learned.roles.map { (key($0), $0.annotations) }) { first, _ in first }
        for (place, role) in grown.roles.enumerated() {
            // Readers of files know no annotations, and what is inferred is a matter of what is learned now.
            grown.roles[place].annotations = annotations[key(role)] ?? role.annotations
        }
        return Growth(value: grown, kept: merged.kept)
    }

    /// True if a binding of the same name binds another role: then the learned one has to win.
    private static func bindsOtherwise(_ present: AccessGrants, _ learned: AccessGrants) -> Bool {
        present.bindings.contains { old in
            learned.bindings.contains {
                $0.namespace == old.namespace && $0.name == old.name && $0.role != old.role
            }
        }
    }
}
