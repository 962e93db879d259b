import Domain

/// A key of `leastwise.yaml`: its path, what it takes, and its default.
package struct ConfigurationKey: Hashable, Sendable {
    /// As in the file, parts joined by dots: `repository.url`.
    package let path: String
    package let kind: Kind
    /// Nil where there is none; an empty text for an empty list.
    package let fallback: String?
    /// One line for documentation and error messages.
    package let summary: String

    /// What a key takes.
    package enum Kind: Hashable, Sendable {
        case text
        case number
        /// `yes` or `no`.
        case flag
        case list
        /// One of the words.
        case choice([String])
    }

    /// The environment variable that overrides the file: `LEASTWISE_REPOSITORY_URL`.
    package var environmentName: String {
        var previous: Character = "."
        let words = path.flatMap { character -> [Character] in
            defer { previous = character }
            if character == "." { return ["_"] }
            let beginsWord = character.isUppercase && !previous.isUppercase
            return (beginsWord ? ["_"] : []) + Array(character.uppercased())
        }
        return "LEASTWISE_" + String(words)
    }
}

extension ConfigurationKey {
    /// Every key there is. The documentation lists the same, which a test holds.
    package static let all: [ConfigurationKey] =
        general + repository + forge + proposals + maturity + network + access + service

    private static let general: [ConfigurationKey] = [
        key("cluster", .text, "default", "name of the cluster that the records come from"),
        key("database", .text, nil, "file of the store; the default lies under the XDG state directory"),
        key("templates", .text, nil, "folder with mustache files that replace the built-in ones of the same name"),
    ]

    private static let repository: [ConfigurationKey] = [
        key("repository.url", .text, nil, "the GitOps repository: https, http, ssh or file"),
        key("repository.base", .text, "main", "branch that proposals go to"),
        key(
            "repository.path", .text, "policies/{namespace}",
            "folder of generated files; {namespace} and {cluster} are filled in"),
        key("repository.username", .text, nil, "user name for git over HTTP; the forge's custom where it is not set"),
        key("repository.tokenFile", .text, nil, "file with the token for git; forge.tokenFile where it is not set"),
        key("repository.sshKeyFile", .text, nil, "private key for git over ssh"),
        key("repository.knownHostsFile", .text, nil, "known_hosts file for git over ssh"),
        key(
            "repository.caFile", .text, nil,
            "PEM file of certificate authorities for git and forge, instead of the system's"),
        key("repository.timeoutSeconds", .number, "120", "bound on one exchange with the repository or the forge"),
        key("repository.cache", .text, nil, "folder of the bare copy; the default lies under the XDG cache directory"),
    ]

    private static let forge: [ConfigurationKey] = [
        key("forge.kind", .choice(["none", "github", "gitea", "forgejo"]), "none", "where pull requests are opened"),
        key("forge.api", .text, nil, "address of the REST API; derived from repository.url where it is not set"),
        key("forge.tokenFile", .text, nil, "file with the token; or the environment's LEASTWISE_FORGE_TOKEN"),
        key("forge.repository", .text, nil, "OWNER/NAME where it is not the one in repository.url"),
        key("forge.labels", .list, "", "labels for pull requests"),
        key("forge.reviewers", .list, "", "users asked for a review"),
    ]

    private static let proposals: [ConfigurationKey] = [
        key(
            "proposals.groupBy", .choice(["namespace", "workload", "cluster"]), "namespace",
            "what one pull request covers"),
        key("proposals.minimumMaturity", .choice(["learning", "stabilizing", "stable"]), "stable", "what is proposed"),
        key("proposals.branchPrefix", .text, "leastwise/", "start of the names of branches"),
        key("proposals.authorName", .text, "Leastwise", "author of commits"),
        key("proposals.authorEmail", .text, "leastwise@localhost", "author of commits; tells them from people's"),
        key("proposals.kinds", .list, "network,rbac", "what is proposed: network, rbac"),
        key(
            "proposals.namespaceDefaultDeny", .flag, "no",
            "close a namespace to everything else, once each of its workloads has policies"),
    ]

    private static let maturity: [ConfigurationKey] = [
        key("maturity.stabilizingDays", .number, "3", "distinct days seen below which a workload is still learning"),
        key("maturity.stableDays", .number, "7", "distinct days seen from which it can be stable"),
        key("maturity.quietDays", .number, "3", "days without anything new that it takes to be stable"),
        key("maturity.stableHours", .number, "0", "distinct hours of the day that it takes to be stable; 0 is any"),
        key("maturity.minimumCoverage", .number, "70", "estimated coverage in percent that it takes to be stable"),
    ]

    private static let network: [ConfigurationKey] = [
        key(
            "network.profile", .choice(NetworkProfile.allCases.map(\.rawValue)), "kubernetes", "how the plugin matches"),
        key(
            "network.dialect", .choice(PolicyDialect.allCases.map(\.rawValue)), nil,
            "what policies are written as; the profile's own where it is not set"),
        key(
            "network.metadataAccess", .choice(["hold", "allow"]), "hold", "connections to the cloud's metadata address"),
        key("network.portRanges", .flag, "no", "write runs of ports as ranges"),
        key("network.dynamicPortThreshold", .number, "16", "undeclared ports from which they count as dynamic"),
        key("network.outsideUnseenAddresses", .number, "32", "addresses never seen that ranges may hold"),
        key("network.outsideSeenPercent", .number, "50", "share of a range that has to have been seen"),
        key("network.outsideMinimumAddresses", .number, "4", "seen addresses that make a range"),
        key("network.outsideWidestIPv4", .number, "24", "prefix length of the widest range of IPv4"),
        key("network.outsideWidestIPv6", .number, "64", "prefix length of the widest range of IPv6"),
        key("network.nodeRanges", .list, "", "address ranges of the nodes; the nodes' known addresses where not set"),
        key(
            "network.apiServerRanges", .list, "", "address ranges of the API server; its known addresses where not set"),
        key(
            "network.clusterRanges", .list, "",
            "address ranges of pods and Services beside those the cluster's objects tell"),
        key("network.burstWindowSeconds", .number, "600", "length of a burst"),
        key("network.burstMinimumTargets", .number, "12", "destinations and ports that make a burst"),
        key("network.burstRefusedPercent", .number, "50", "share of them, never accepted, that makes it a scan"),
    ]

    private static let access: [ConfigurationKey] = [
        key("rbac.namesThreshold", .number, "20", "names listed in one rule before it covers all names"),
        key(
            "rbac.excludedSubjects", .list, "",
            "subjects for which nothing is learned or removed, such as break-glass: User NAME, Group NAME, "
                + "ServiceAccount NAMESPACE/NAME"),
        key("rbac.removals", .flag, "yes", "propose to remove unused rights, where all conditions are met"),
        key("rbac.unusedDays", .number, "90", "days with audit events in which nobody used a right that is removed"),
        key(
            "rbac.auditPolicy", .text, nil,
            "the API server's audit policy file; without it nothing tells which uses would have been recorded, and no "
                + "removal is proposed"),
        key(
            "rbac.bundles", .list, "",
            "permissions granted along with observed ones: read, leaderElection, events"),
    ]

    static func key(_ path: String, _ kind: Kind, _ fallback: String?, _ summary: String) -> ConfigurationKey {
        ConfigurationKey(path: path, kind: kind, fallback: fallback, summary: summary)
    }

    /// The key whose path is nearest to a misspelt one, by edit distance.
    package static func nearest(to path: String) -> ConfigurationKey? {
        all.min { EditDistance.between($0.path, path) < EditDistance.between($1.path, path) }
    }
}

/// How many letters differ between two words (Levenshtein, 1966).
package enum EditDistance {
    /// The fewest insertions, deletions and replacements that turn one into the other; case does not count.
    package static func between(_ left: String, _ right: String) -> Int {
        let target = Array(right.lowercased().prefix(200))
        var previous = Array(0...target.count)
        for (row, letter) in left.lowercased().prefix(200).enumerated() {
            var current = [row + 1]
            for (column, other) in target.enumerated() {
                let replaced = previous[column] + (letter == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[target.count]
    }
}
