import Domain

/// The bindings that reach requests, by whom they name and where they hold.
///
/// What each requester can do is never put together: with a group of many members that is bound in many namespaces, that
/// would be their product.
struct GrantReach {
    /// Numbers of bindings.
    private struct Places {
        var cluster: [Int] = []
        var namespaced: [Namespace: [Int]] = [:]
    }

    private var byUser: [ExactText: Places] = [:]
    private var byGroup: [ExactText: Places] = [:]

    /// Adds a binding under a number.
    mutating func add(_ binding: RoleBinding, _ number: Int) {
        for subject in binding.resolvedSubjects {
            if subject.kind == .group {
                Self.add(binding, number, to: &byGroup[ExactText(subject.name), default: Places()])
            } else {
                Self.add(binding, number, to: &byUser[ExactText(subject.userName), default: Places()])
            }
        }
    }

    private static func add(_ binding: RoleBinding, _ number: Int, to places: inout Places) {
        if binding.isClusterRoleBinding {
            places.cluster.append(number)
        } else {
            places.namespaced[binding.namespace, default: []].append(number)
        }
    }

    /// The bindings that reach a request of the subject, as a member of the groups; none twice.
    ///
    /// - Parameter scope: the cluster scope for cluster-wide requests and paths, which no RoleBinding reaches.
    func bindings(of subject: Subject, groups: Set<ExactText>, in scope: Namespace) -> Set<Int> {
        var found: Set<Int> = []
        let user = byUser[ExactText(subject.userName)]
        for places in [user] + groups.map({ byGroup[$0] }) {
            guard let places else { continue }
            found.formUnion(places.cluster)
            if scope != .clusterScope { found.formUnion(places.namespaced[scope] ?? []) }
        }
        return found
    }
}
