package import Domain
package import Rendering

/// What is proposed for one workload or one subject: its objects, and what a reviewer reads about them.
package struct ProposedItem: Sendable {
    package let kind: Kind
    /// `shop/Deployment/web`, or `ServiceAccount shop/api`.
    package let title: String
    /// Whose folder the file stands in; the cluster scope for subjects without a namespace.
    package let namespace: Namespace
    /// The file's name without its folder.
    package let fileName: String
    package let policies: [NetworkPolicy]
    package let grants: AccessGrants
    package let maturity: Maturity
    package let days: Int
    /// How well a workload is known; nil for roles.
    package var standing: WorkloadStanding?
    package let rules: [ReviewRule]
    /// What a reviewer has to know of this item.
    package let warnings: [String]
    /// Observed behaviour that it does not cover, in words.
    package let uncovered: [String]
    /// The workloads whose connections a network item decides about.
    package let workloads: [WorkloadID]
    /// The first line of its file, for people.
    package let comment: String

    /// Network policies, or roles and bindings.
    package enum Kind: String, Sendable, CaseIterable {
        case network
        case rbac
    }

    /// The first line of a file that has evidence of its own.
    static func comment(_ title: String) -> String {
        "Proposed by Leastwise from observed behaviour. Evidence: leastwise explain '\(TerminalText.oneLine(title))'"
    }

    /// The objects as YAML documents.
    package var documents: [YAMLValue] {
        policies.map { ManifestRenderer.document($0) } + grants.roles.map { ManifestRenderer.document($0) }
            + grants.bindings.map { ManifestRenderer.document($0) }
    }

    /// The namespaces that its objects lie in.
    package var objectNamespaces: Set<Namespace> {
        Set(policies.map(\.namespace) + grants.roles.map(\.namespace) + grants.bindings.map(\.namespace))
    }

    /// The same item with other objects: what the repository keeps beside what was learned.
    func replacing(policies: [NetworkPolicy], grants: AccessGrants, warnings: [String]) -> ProposedItem {
        ProposedItem(
            kind: kind, title: title, namespace: namespace, fileName: fileName, policies: policies, grants: grants,
            maturity: maturity, days: days, standing: standing, rules: rules, warnings: self.warnings + warnings,
            uncovered: uncovered, workloads: workloads, comment: comment)
    }
}

/// One rule as a reviewer reads it.
package struct ReviewRule: Hashable, Sendable, Encodable {
    /// `from`, `to`, or the scope of an RBAC rule.
    package let direction: String
    package let peers: [String]
    package let ports: [String]
    package let evidence: EvidenceList
    /// What an RBAC rule leads to, critical ones first; nil, and absent from JSON, for a network rule.
    package let risks: [Risk]?

    /// Something that a rule opens beyond its own words.
    package struct Risk: Hashable, Sendable, Encodable {
        package let kind: String
        package let isCritical: Bool
        package let text: String
    }

    package init(
        direction: String, peers: [String], ports: [String], evidence: EvidenceList, risks: [Risk]? = nil
    ) {
        self.direction = direction
        self.peers = peers
        self.ports = ports
        self.evidence = evidence
        self.risks = risks
    }

    package var count: Int64 { evidence.records }
    package var days: Int { evidence.days }
    package var last: Timestamp? { evidence.last }
}
