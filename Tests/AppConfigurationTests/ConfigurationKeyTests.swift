import AppConfiguration
import Testing

@Suite struct ConfigurationKeyTests {
    @Test(arguments: [
        ("cluster", "LEASTWISE_CLUSTER"), ("repository.url", "LEASTWISE_REPOSITORY_URL"),
        ("repository.tokenFile", "LEASTWISE_REPOSITORY_TOKEN_FILE"),
        ("repository.sshKeyFile", "LEASTWISE_REPOSITORY_SSH_KEY_FILE"),
        ("repository.knownHostsFile", "LEASTWISE_REPOSITORY_KNOWN_HOSTS_FILE"),
        ("proposals.groupBy", "LEASTWISE_PROPOSALS_GROUP_BY"),
        ("network.apiServerRanges", "LEASTWISE_NETWORK_API_SERVER_RANGES"),
        ("network.outsideWidestIPv4", "LEASTWISE_NETWORK_OUTSIDE_WIDEST_IPV4"),
    ])
    func `is called in the environment by its words`(path: String, name: String) throws {
        let key = try #require(ConfigurationKey.all.first { $0.path == path })
        #expect(key.environmentName == name)
    }

    @Test func `has one name each in the file and in the environment`() {
        let keys = ConfigurationKey.all
        #expect(Set(keys.map(\.path)).count == keys.count)
        #expect(Set(keys.map(\.environmentName)).count == keys.count)
        // The secret itself has a variable of its own, which no key may take.
        #expect(!keys.contains { $0.environmentName == "LEASTWISE_FORGE_TOKEN" })
        #expect(keys.allSatisfy { !$0.summary.isEmpty })
    }

    @Test func `is never the beginning of another key's path`() {
        for key in ConfigurationKey.all {
            #expect(!ConfigurationKey.all.contains { $0.path.hasPrefix(key.path + ".") })
        }
    }

    @Test(arguments: [
        ("clutser", "cluster"), ("repository.ulr", "repository.url"), ("repo.url", "repository.url"),
        ("proposals.groupby", "proposals.groupBy"), ("maturity.stableDay", "maturity.stableDays"),
        ("forge.tokenfile", "forge.tokenFile"),
    ])
    func `is found by a misspelt path`(path: String, nearest: String) {
        #expect(ConfigurationKey.nearest(to: path)?.path == nearest)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("Same", "same", 0),
    ])
    func `is as far from another as the edits between them`(left: String, right: String, distance: Int) {
        #expect(EditDistance.between(left, right) == distance)
        #expect(EditDistance.between(right, left) == distance)
    }

    @Test(.timeLimit(.minutes(1)))
    func `is compared with endless text at once`() {
        #expect(EditDistance.between(String(repeating: "x", count: 1_000_000), "cluster") == 200)
    }
}
