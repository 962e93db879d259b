import RBACLearner
import Testing

@Suite struct ObjectNamesTests {
    @Test(arguments: [
        "web-7d9c8b6f5-x7k2p", "web-7d9c8b6f5-xkvzp", "token-x7k2p", "settings-g4hk9g8k5d", "report-29384610",
        "pvc-0b1f3c9e-5d4a-4c8e-9f00-1a2b3c4d5e6f", "build-4f2a91c", "sh.helm.release.v1.web.v12",
        "0123456789abcdef0a", "web.17a8b9c0d1e2f3a4",
    ])
    func `lists no names that are made up by a machine`(_ name: String) {
        let learned = Samples.learn([(Samples.api, Samples.action("get", "configmaps", "shop", name))])
        #expect(learned.ruleLines == ["shop: get configmaps"])
        #expect(learned.subjects.first?.roles.first?.rules.first?.evidence.first?.note == .generatedNames(name))
    }

    @Test(arguments: [
        "web", "web-https", "web-html5", "app-pgsql", "data-web-0", "release-2024", "8a2c1d3f.example.com", "port-8080",
        "e2e", "", "-", "x-", "kube-root-ca.crt", "web-config", "é-x7k2pé",
    ])
    func `keeps names that people chose`(_ name: String) {
        let learned = Samples.learn([(Samples.api, Samples.action("get", "configmaps", "shop", name))])
        #expect(learned.ruleLines == ["shop: get configmaps" + (name.isEmpty ? "" : " [\(name)]")])
    }

    @Test func `knows doubtful ends by their siblings`() {
        let requests = ["token-bcdfg", "token-hjklm", "token-npqrs"].map {
            (Samples.api, Samples.action("get", "secrets", "shop", $0))
        }
        #expect(Samples.learn(requests).ruleLines == ["shop: get secrets"])
        #expect(Samples.learn(Array(requests.prefix(2))).ruleLines == ["shop: get secrets [token-bcdfg,token-hjklm]"])
    }
}
