package import Domain

/// Thresholds and facts that the records cannot tell. All have defaults.
package struct NetworkLearningOptions: Hashable, Sendable {
    package var maturity = MaturityThresholds()
    package var burst = BurstOptions()
    package var unanswered = UnansweredOptions()
    package var outside = OutsideOptions()
    package var ports = PortOptions()
    /// How the network plugin matches connections.
    package var profile = NetworkProfile.kubernetes
    /// What policies are written as; the profile's own where it is nil.
    package var writtenAs: PolicyDialect?
    /// What becomes of connections to the cloud's metadata service.
    package var metadata = MetadataAccess.hold
    /// Ranges of the cluster's nodes; empty means the node addresses of the inventory and of the records.
    package var nodeRanges: [CIDR] = []
    /// Ranges of the API server; empty means the addresses of the `kubernetes` Service's endpoints and of the records.
    package var apiServerRanges: [CIDR] = []
    /// Ranges of pods and Services, in addition to what the inventory tells. Nothing in them becomes an ipBlock.
    package var clusterRanges: [CIDR] = []

    package init() {}

    /// What policies are written as.
    package var dialect: PolicyDialect { writtenAs ?? profile.dialect }
}

/// When a fan-out counts as a scan: at least `minimumTargets` distinct destinations and ports that one workload tried for
/// the first and last time within one window, of which at least the given share was never accepted.
package struct BurstOptions: Hashable, Sendable {
    package var windowSeconds: Double = 600
    package var minimumTargets: Int = 12
    package var refusedShare: Double = 0.5

    package init() {}
}

/// When an edge counts as never answered: on at least that many distinct days it was tried, with first packets only and
/// no answer, in a store that shows answers. Days count rather than records, since a file that is read twice repeats these.
package struct UnansweredOptions: Hashable, Sendable {
    package var minimumDays: Int = 5

    package init() {}
}

/// How far outside addresses may be joined to ranges that hold addresses never seen.
///
/// Only addresses that were looked up under one DNS name are joined: content networks answer with ever other ones. Without
/// such evidence, and with no unseen address allowed, only neighbours that fill a range become one.
package struct OutsideOptions: Hashable, Sendable {
    /// The widest range of IPv4 that addresses are joined to.
    package var widestIPv4: Int = 24
    /// The widest range of IPv6 that addresses are joined to.
    package var widestIPv6: Int = 64
    /// At least that many seen addresses make a range.
    package var minimumAddresses: Int = 4
    /// At least that share of a range has to have been seen.
    package var minimumShare: Double = 0.5
    /// At most that many addresses that were never seen are allowed by one direction of one policy.
    package var unseenAddresses: Double = 32

    package init() {}
}

/// How ports are written, and when there are too many to list.
package struct PortOptions: Hashable, Sendable {
    /// Namespaces whose hand-written policies name ports by name: there generated ones do as well.
    package var namedIn: Set<Namespace> = []
    /// True if runs of three observed ports or more are written with `endPort`.
    package var writesRanges = false
    /// From so many ports of one workload that nothing declares, and that one peer uses, they count as assigned at run time.
    package var dynamicThreshold: Int = 16

    package init() {}
}

/// What becomes of connections to 169.254.169.254 that are no look-ups of names.
package enum MetadataAccess: String, Hashable, Sendable, Codable, CaseIterable {
    /// Held back: the address hands out the node's credentials, so that a person decides.
    case hold
    case allow
}
