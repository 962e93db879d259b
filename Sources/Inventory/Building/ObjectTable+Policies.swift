import Domain

extension ObjectTable {
    /// The network policies of all dialects, sorted within each; those that cannot be judged are noted.
    mutating func readPolicies() -> [NetworkPolicy] {
        let kubernetes = read(objects("networking.k8s.io/NetworkPolicy"), NetworkPolicyReader.policy)
        let cilium = read(objects("cilium.io/CiliumNetworkPolicy"), CiliumPolicyReader.policies).flatMap(\.self)
        noteClusterPolicies()
        return kubernetes + cilium + readCalicoPolicies()
    }

    /// The API of Calico shows its custom resources once more: both of one name are one policy.
    private mutating func readCalicoPolicies() -> [NetworkPolicy] {
        let found = read(
            objects(
                "projectcalico.org/NetworkPolicy", "crd.projectcalico.org/NetworkPolicy",
                "projectcalico.org/StagedNetworkPolicy", "crd.projectcalico.org/StagedNetworkPolicy"),
            CalicoPolicyReader.policy
        ).compactMap(\.self)
        var known: Set<[String]> = []
        return found.filter { known.insert([$0.dialect.rawValue, $0.namespace.rawValue, $0.name]).inserted }
    }

    private mutating func noteClusterPolicies() {
        let wide = objects(
            "cilium.io/CiliumClusterwideNetworkPolicy", "projectcalico.org/GlobalNetworkPolicy",
            "crd.projectcalico.org/GlobalNetworkPolicy", "policy.networking.k8s.io/AdminNetworkPolicy",
            "policy.networking.k8s.io/BaselineAdminNetworkPolicy", "policy.networking.k8s.io/ClusterNetworkPolicy")
        for policy in wide { note(policy.description, "policies of the whole cluster are not judged") }
    }
}
