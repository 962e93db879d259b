package import Domain

/// The settings of a run, checked.
package struct Settings: Sendable {
    package let cluster: ClusterName
    /// Nil means the default under the XDG state directory.
    package let database: String?
    package let templates: String?
    package let repository: Repository
    package let forge: Forge
    package let proposals: Proposals
    package let learning: Learning
    package let network: Network
    package let access: Access
    package let server: Server
    package let sources: Sources
    package let upkeep: Upkeep

    /// Where the GitOps repository is.
    package struct Repository: Sendable {
        /// Nil where nothing is proposed.
        package let url: String?
        package let base: String
        package let path: String
        package let username: String?
        package let tokenFile: String?
        package let sshKeyFile: String?
        package let knownHostsFile: String?
        package let caFile: String?
        package let timeoutSeconds: Int
        package let cache: String?
    }

    /// Where pull requests are opened.
    package struct Forge: Sendable {
        package let kind: Kind
        package let api: String?
        package let tokenFile: String?
        package let repository: String?
        package let labels: [String]
        package let reviewers: [String]

        /// The forges that there are clients for.
        package enum Kind: String, Sendable, CaseIterable {
            case none, github, gitea, forgejo
        }
    }

    /// What one proposal covers, and when something is proposed.
    package struct Proposals: Sendable {
        package let groupBy: Grouping
        package let minimumMaturity: Maturity
        package let branchPrefix: String
        package let authorName: String
        package let authorEmail: String
        package let proposesNetwork: Bool
        package let proposesAccess: Bool
        /// True if a namespace is closed to everything else, once each of its workloads has policies.
        package let namespaceDefaultDeny: Bool

        /// What one pull request covers.
        package enum Grouping: String, Sendable, CaseIterable {
            case namespace, workload, cluster
        }
    }

    /// Thresholds of learning.
    package struct Learning: Sendable {
        package let maturity: MaturityThresholds
        package let nodeRanges: [CIDR]
        package let apiServerRanges: [CIDR]
        package let clusterRanges: [CIDR]
        package let burstWindowSeconds: Int
        package let burstMinimumTargets: Int
        package let burstRefusedPercent: Int
    }

    /// Reads and checks all values; the first wrong one is thrown.
    package init(_ values: ResolvedConfiguration) throws {
        cluster = ClusterName(try values.text("cluster") ?? "default")
        database = try values.text("database")
        templates = try values.text("templates")
        repository = try Repository(values)
        forge = try Forge(values)
        proposals = try Proposals(values)
        learning = try Learning(values)
        network = try Network(values)
        access = try Access(values)
        server = try Server(values)
        sources = try Sources(values)
        upkeep = try Upkeep(values)
    }
}

extension Settings.Repository {
    fileprivate init(_ values: ResolvedConfiguration) throws {
        url = try values.text("repository.url")
        base = try values.text("repository.base") ?? "main"
        path = try values.text("repository.path") ?? "policies/{namespace}"
        username = try values.text("repository.username")
        tokenFile = try values.text("repository.tokenFile")
        sshKeyFile = try values.text("repository.sshKeyFile")
        knownHostsFile = try values.text("repository.knownHostsFile")
        caFile = try values.text("repository.caFile")
        timeoutSeconds = try values.number("repository.timeoutSeconds")
        cache = try values.text("repository.cache")
    }
}

extension Settings.Forge {
    fileprivate init(_ values: ResolvedConfiguration) throws {
        kind = Kind(rawValue: try values.text("forge.kind") ?? "none") ?? .none
        api = try values.text("forge.api")
        tokenFile = try values.text("forge.tokenFile")
        repository = try values.text("forge.repository")
        labels = values.list("forge.labels")
        reviewers = values.list("forge.reviewers")
    }
}

extension Settings.Proposals {
    fileprivate init(_ values: ResolvedConfiguration) throws {
        groupBy = Grouping(rawValue: try values.text("proposals.groupBy") ?? "") ?? .namespace
        minimumMaturity = Maturity(rawValue: try values.text("proposals.minimumMaturity") ?? "") ?? .stable
        branchPrefix = try values.text("proposals.branchPrefix") ?? "leastwise/"
        authorName = try values.text("proposals.authorName") ?? "Leastwise"
        authorEmail = try values.text("proposals.authorEmail") ?? "leastwise@localhost"
        let kinds = values.list("proposals.kinds")
        for kind in kinds where kind != "network" && kind != "rbac" {
            throw ConfigurationError(
                code: .badValue, message: "proposals.kinds cannot hold '\(kind)'", hint: "it takes network and rbac")
        }
        proposesNetwork = kinds.contains("network")
        proposesAccess = kinds.contains("rbac")
        namespaceDefaultDeny = try values.flag("proposals.namespaceDefaultDeny")
    }
}

extension Settings.Learning {
    fileprivate init(_ values: ResolvedConfiguration) throws {
        maturity = MaturityThresholds(
            stabilizingDays: try values.number("maturity.stabilizingDays"),
            stableDays: try values.number("maturity.stableDays"), quietDays: try values.number("maturity.quietDays"),
            stableHours: try values.number("maturity.stableHours"),
            minimumCoverage: try values.number("maturity.minimumCoverage"))
        nodeRanges = try Self.ranges("network.nodeRanges", values)
        apiServerRanges = try Self.ranges("network.apiServerRanges", values)
        clusterRanges = try Self.ranges("network.clusterRanges", values)
        burstWindowSeconds = try values.number("network.burstWindowSeconds")
        burstMinimumTargets = try values.number("network.burstMinimumTargets")
        burstRefusedPercent = try values.number("network.burstRefusedPercent")
    }

    private static func ranges(_ path: String, _ values: ResolvedConfiguration) throws -> [CIDR] {
        try values.list(path).map { text in
            guard let range = CIDR(text) ?? IPAddress(text).map({ CIDR(host: $0) }) else {
                throw ConfigurationError(
                    code: .badValue, message: "\(path) cannot hold '\(text)'",
                    hint: "write a range such as 10.0.0.0/16 or 2001:db8::/64")
            }
            return range
        }
    }
}
