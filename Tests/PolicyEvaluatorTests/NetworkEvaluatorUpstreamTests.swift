import Domain
import PolicyEvaluator
import Testing

@Suite(.enabled(if: SharedFixtures.isPresent, "the shared fixtures are not here"))
struct NetworkEvaluatorUpstreamTests {
    @Test func `agrees with every pair of the Kubernetes end-to-end tests`() throws {
        let cases = try #require(try SharedFixtures.json("truth/k8s-e2e-netpol/cases.json") as? [Any])
        var pairs = 0
        var denied = 0
        for test in cases.map(Manifest.init) {
            for step in test.list("steps") {
                for expectation in step.fields["expected"] as? [[Any]] ?? [] {
                    let allowed = try #require(expectation[2] as? Bool)
                    let verdict = try verdict(step, from: expectation[0], to: expectation[1])
                    #expect(verdict.isAllowed == allowed, "\(test.text("name")): \(expectation)")
                    pairs += 1
                    denied += verdict.isDenied ? 1 : 0
                }
            }
        }
        #expect(pairs >= 316)
        #expect(denied >= 57)
    }

    private func verdict(_ step: Manifest, from source: Any, to destination: Any) throws -> NetworkVerdict {
        let namespaces = step["namespaces"].fields.map { (Namespace($0.key), $0.value as? Labels ?? [:]) }
        let evaluator = NetworkEvaluator(
            policies: step.list("policies").map(\.asNetworkPolicy),
            namespaces: Dictionary(uniqueKeysWithValues: namespaces))
        let port = Port(UInt16(try #require(step.fields["port"] as? Int)))
        let `protocol` = try #require(NetworkProtocol(name: step.text("protocol")))
        return evaluator.verdict(
            ConnectionAttempt(
                source: try party(step, source), destination: try party(step, destination), protocol: `protocol`,
                port: port))
    }

    private func party(_ step: Manifest, _ path: Any) throws -> NetworkParty {
        let pod = try #require(
            step.list("pods").first { "\($0.text("namespace"))/\($0.text("name"))" == path as? String })
        let ports = [80, 81].flatMap { number in
            [NetworkProtocol.tcp, .udp, .sctp].map {
                ContainerPort(name: "serve-\(number)-\($0.name.lowercased())", number: Port(number), protocol: $0)
            }
        }
        return NetworkParty(
            namespace: Namespace(pod.text("namespace")), name: pod.text("name"), labels: pod.labels("labels"),
            addresses: [try #require(IPAddress(pod.text("ip")))], ports: ports)
    }
}
