import NetworkLearner
import Testing

/// The policies that Kubescape generates.
struct KubescapeTests {
    @Test(
        .enabled(if: !KubescapeCase.all.isEmpty, "the cases are not beside this repository"),
        arguments: KubescapeCase.all)
    func `reaches what the golden reaches`(_ listed: KubescapeCase) throws {
        let learned = try listed.learned()
        guard try !listed.isRefused() else {
            // Nothing was observed yet: no policy, and none is invented.
            #expect(learned.learned == nil)
            return
        }
        learned.check(Self.known[listed.name])
    }

    @Test(.enabled(if: !KubescapeCase.all.isEmpty, "the cases are not beside this repository"))
    func `names only cases that are there`() {
        let names = Set(KubescapeCase.all.map(\.name))
        #expect(Self.known.keys.filter { !names.contains($0) }.sorted() == [])
    }

    private typealias Reason = KnownDifferences.Reason

    private static func names(_ pod: String) -> Reason {
        Reason(
            "the golden isolates egress without the cluster's DNS",
            cells: Reason.cells("+", [pod], "->", ["kube-dns"], "UDP/53", "TCP/53"))
    }

    /// A server that somebody wrote down is a statement of intent, not an observation.
    private static let knownServers = KnownDifferences(
        names("known-servers"),
        Reason(
            "two addresses were seen, and the golden opens the ranges of 16 million and 65,536 addresses that its list "
                + "of known servers names around them", "- known-servers <- 10.0.0.0 TCP/80",
            "- known-servers <- 10.0.0.42 TCP/80", "- known-servers -> 192.168.0.0 TCP/8080",
            "- known-servers -> 192.168.0.42 TCP/8080"))

    private static let silence = "nothing was seen in this direction, which proves nothing: the golden closes it"

    static let known: [String: KnownDifferences] = [
        "0 basic ingress rule": .init(
            Reason(
                "the pods call one another: the golden opens their ingress, and closes the egress it comes from",
                "+ nginx -> nginx TCP/80"), names("nginx")),
        "2 network_policy_with_multiple_ports_and_labels": .init(names("multi")),
        "3 policy_with_known_servers": knownServers,
        "4 policy_with_known_servers": knownServers,
        "5 policy_with_dns_neighbors": .init(names("dns"), Reason(silence, "+ dns ingress")),
        "6 network_policy_with_multiple_containers": .init(
            Reason(silence, "+ multi-container egress"),
            Reason("the golden is one workload's; we learn the caller's side as well", "- nginx egress")),
        "7 network_policy_with_multiple_containers_with_same_ip": .init(names("multi-containers")),
    ]
}
