import Domain
import Testing

@Suite struct PeerJoiningTests {
    private typealias Peer = NetworkPolicy.Peer

    @Test func `joins by the label that joins most, and leaves the rest as it is`() {
        // Five share the release, four the application; one of them both.
        let peers: [Peer] =
            ["a", "b", "c", "d", "e"].map { Self.pods(["app": $0, "release": "one"]) }
            + ["two", "three", "four"].map { Self.pods(["app": "a", "release": $0]) }
        #expect(
            Peer.joined(peers) == [Self.pods(["release": "one"], "app", ["a", "b", "c", "d", "e"])] + peers.dropFirst(5)
        )
    }

    @Test func `keeps namespaces, label keys and other kinds of peers apart`() {
        let names = ["a", "b", "c", "d"]
        let peers: [Peer] =
            names.map { Self.pods(["app": $0]) } + names.map { Self.pods(["app": $0], in: "data") }
            + names.prefix(3).map { Self.pods(["name": $0]) } + [.ipBlock(.anyIPv4, except: []), Self.pods([:])]
        #expect(
            Peer.joined(peers) == [Self.pods([:], "app", names), Self.pods([:], "app", names, in: "data")]
                + peers.dropFirst(8))
    }

    @Test func `takes apart only what one list of values says`() {
        #expect(
            Self.pods(["tier": "t"], "app", ["b", "a", "b"]).separated
                == [Self.pods(["app": "a", "tier": "t"]), Self.pods(["app": "b", "tier": "t"])])
        let others: [Peer] = [
            Self.pods(["app": "a"]), Self.pods(["app": "a"], "app", ["a", "b"]), Self.pods([:], "app", []),
            .pods(podSelector: .init(matchExpressions: [.init(key: "app", operator: .exists)]), namespaceSelector: nil),
            .pods(
                podSelector: .init(matchExpressions: [.init(key: "app", operator: .notIn, values: ["a"])]),
                namespaceSelector: nil),
            .pods(podSelector: nil, namespaceSelector: LabelSelector()), .ipBlock(.anyIPv4, except: []),
        ]
        for other in others { #expect(other.separated == [other]) }
    }

    @Test(arguments: 0..<UInt64(300))
    func `says the same before and after`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let peers = (0..<Int.random(in: 0...40, using: &generator)).map { _ -> Peer in
            var labels: Labels = [:]
            for key in ["app", "part", "tier"] where Int.random(in: 0...2, using: &generator) > 0 {
                labels[key] = "v\(Int.random(in: 0...4, using: &generator))"
            }
            return Self.pods(labels, in: Bool.random(using: &generator) ? "data" : nil)
        }
        let joined = Peer.joined(peers)
        #expect(Set(joined.flatMap(\.separated)) == Set(peers))
        #expect(joined.count <= peers.count && Peer.joined(joined) == joined)
    }

    private static func pods(
        _ labels: Labels, _ key: String? = nil, _ values: [String] = [], in namespace: String? = nil
    ) -> Peer {
        .pods(
            podSelector: LabelSelector(
                matchLabels: labels, matchExpressions: key.map { [.init(key: $0, operator: .in, values: values)] } ?? []
            ),
            namespaceSelector: namespace.map { LabelSelector(matchLabels: [GeneratedName.namespaceLabel: $0]) })
    }
}
