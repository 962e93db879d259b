/// The least-privilege policy learned for one workload, with the evidence of each rule.
///
/// A direction that is nil was not observed and is not isolated. No value of this type can express an empty peer list or
/// an empty selector, both of which mean "everyone".
package struct WorkloadPolicy: Hashable, Sendable {
    /// What it is written as; peers and ports are those that this dialect can express.
    package let dialect: PolicyDialect
    package let workload: WorkloadID
    package let selector: PodLabels
    package let ingress: DirectionRules?
    package let egress: DirectionRules?
    package let standing: WorkloadStanding
    /// Observed edges of this workload that its policy does not allow, with the reason.
    package let heldBack: [HeldBackConnection]

    package init(
        dialect: PolicyDialect = .kubernetes, workload: WorkloadID, selector: PodLabels, ingress: DirectionRules?,
        egress: DirectionRules?, standing: WorkloadStanding, heldBack: [HeldBackConnection]
    ) {
        self.dialect = dialect
        self.workload = workload
        self.selector = selector
        self.ingress = ingress
        self.egress = egress
        self.standing = standing
        self.heldBack = heldBack
    }

    package var maturity: Maturity { standing.judgement.maturity }

    /// Days on which something of this workload was seen.
    package var days: Int { standing.days.count }

    /// One isolated direction: one rule or more, or closed for a reason of its own.
    package struct DirectionRules: Hashable, Sendable {
        /// Empty only for a closed direction.
        package let rules: [NetworkRule]
        /// Why the direction is closed although nothing may pass it; nil where rules say what may.
        package let closed: ClosedReason?

        /// Nil if there is no rule: an isolated direction without a rule denies everything, which no absence of
        /// evidence justifies.
        package init?(_ rules: [NetworkRule]) {
            guard !rules.isEmpty else { return nil }
            self.rules = rules
            closed = nil
        }

        private init(closed reason: ClosedReason) {
            rules = []
            closed = reason
        }

        /// A direction that nothing may pass but what policies never stop.
        package static func closed(_ reason: ClosedReason) -> DirectionRules { DirectionRules(closed: reason) }
    }

    /// Why nothing needs to come in.
    package enum ClosedReason: String, Hashable, Sendable, Codable {
        case ownNodeOnly = "only its own node connected to it (probes), which is always allowed"
        case refusedOnly = "only attempts that were refused or part of a scan came in"
        case noListener = "it is a job that declares no port, that no Service selects, and that nobody connected to"
    }
}

/// Peers that may use ports: each peer every port.
package struct NetworkRule: Hashable, Sendable {
    /// Never empty.
    package let peers: [RulePeer]
    /// Never empty.
    package let ports: [RulePort]
    package let evidence: EvidenceList
    /// How many outside addresses its ranges hold beyond those that were seen.
    package let unseenAddresses: Double
    /// True if all of it is DNS look-ups: the peers are resolvers, and the ports those on which they answer. A plugin that
    /// enforces names reads the answers that pass here; nothing else may share the rule.
    package let isNameLookup: Bool

    /// Nil if a list is empty, since an empty list means everyone, or every port.
    package init?(
        peers: [RulePeer], ports: [RulePort], evidence: EvidenceList, unseenAddresses: Double = 0,
        isNameLookup: Bool = false
    ) {
        guard !peers.isEmpty, !ports.isEmpty else { return nil }
        self.peers = peers
        self.ports = ports
        self.evidence = evidence
        self.unseenAddresses = unseenAddresses
        self.isNameLookup = isNameLookup
    }
}

/// A peer that a generated rule can name.
package enum RulePeer: Hashable, Sendable {
    /// Pods of a namespace. The namespace is always written, by its `kubernetes.io/metadata.name` label, if it is not
    /// the policy's own (KEP-2161).
    case pods(Namespace, PodLabels)
    /// Pods of every namespace: for the cluster's DNS service alone, which serves everyone.
    case everyNamespace
    case block(CIDR)
    /// Only in dialects with entities.
    case entity(NetworkEntity)
    /// An outside host by its DNS name: lower case, without a trailing dot. Only in dialects with names.
    case name(String)
}

extension RulePeer: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.pods(let a, let x), .pods(let b, let y)): a == b ? x < y : a < b
        case (.block(let a), .block(let b)): a < b
        case (.entity(let a), .entity(let b)): a < b
        case (.name(let a), .name(let b)): a < b
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .pods: 0
        case .everyNamespace: 1
        case .entity: 2
        case .name: 3
        case .block: 4
        }
    }
}

/// A port, or a range of ports, that a generated rule opens. For ICMP an echo request, with port 0.
package struct RulePort: Hashable, Sendable {
    package let `protocol`: NetworkProtocol
    package let port: Port
    /// The last port of a range (`endPort`); equal to `port` for a single one.
    package let last: Port
    /// The container port's name where rules are to name it so; empty where the number is written.
    package let name: String

    package init(_ protocol: NetworkProtocol, _ port: Port, through last: Port? = nil, name: String = "") {
        self.protocol = `protocol`
        self.port = port
        self.last = max(port, last ?? port)
        self.name = name
    }
}

extension RulePort: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.protocol, left.port, left.last, left.name) < (right.protocol, right.port, right.last, right.name)
    }
}

extension RulePort: CustomStringConvertible {
    /// `TCP/8080`, `TCP/30000-30010`, `TCP/http`, `ICMPv4`.
    package var description: String {
        guard `protocol`.hasPorts else { return `protocol`.name }
        if !name.isEmpty { return "\(`protocol`.name)/\(name)" }
        return last > port ? "\(`protocol`.name)/\(port)-\(last)" : "\(`protocol`.name)/\(port)"
    }
}

/// An observed connection that made no rule.
package struct HeldBackConnection: Hashable, Sendable {
    package let what: String
    package let reason: HoldReason
    package let count: Int64
    package let first: Timestamp
    package let last: Timestamp

    package init(what: String, reason: HoldReason, count: Int64, first: Timestamp, last: Timestamp) {
        self.what = what
        self.reason = reason
        self.count = count
        self.first = first
        self.last = last
    }
}

extension HeldBackConnection: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.reason.rawValue, left.what, left.first, left.last, left.count)
            < (right.reason.rawValue, right.what, right.first, right.last, right.count)
    }
}

/// Why an observed connection made no rule.
package enum HoldReason: String, Hashable, Sendable, Codable, CaseIterable {
    case unknownDirection = "direction unknown, and nothing declares the port"
    case refused = "refused: every attempt was reset"
    case neverAnswered = "never answered, though the source shows answers"
    case burst = "part of a short burst with a wide fan-out, mostly refused (a scan)"
    case dynamicPort = "a port of the ephemeral range that nothing declares"
    case unresolved = "an address inside the cluster that no workload had at that time"
    case ambiguous = "more than one workload fits the record"
    case goneWorkload = "a workload that is no longer there"
    case unselectable = "no label tells this workload from another"
    case otherCluster = "a peer in another cluster"
    case notExpressible = "ICMP, which networking.k8s.io/v1 cannot express"
    case ownNode = "the pod's own node, which is always allowed"
    case hostNetwork = "a pod on the host network, which no policy selects"
    case swappedReply = "a reply that its record does not call one: only later packets, to a port that nothing declares"
    case meshRedirect = "a port to which a mesh's sidecar redirects, behind which the real one is hidden"
    case metadata = "the cloud's metadata address, which hands out credentials: a person decides"

    /// True if the connection may be legitimate and a policy could break it: a person has to look.
    package var needsAttention: Bool {
        switch self {
        case .unknownDirection, .dynamicPort, .unresolved, .ambiguous, .unselectable, .otherCluster, .meshRedirect,
            .metadata:
            true
        case .refused, .neverAnswered, .burst, .swappedReply, .goneWorkload, .notExpressible, .ownNode, .hostNetwork:
            false
        }
    }
}
