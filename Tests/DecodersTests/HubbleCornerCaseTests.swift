import Decoders
import Domain
import Testing

/// Each line of the corner cases, and the edge that it must give.
@Suite struct HubbleCornerCaseTests {
    private static let web = "prod:shop/Deployment/web{app=web}"
    private static let api = "prod:shop/Deployment/api{app=api}"
    private static let db = "prod:shop/Deployment/db{app=db}"
    private static let dns = "prod:kube-system/Deployment/coredns{k8s-app=kube-dns}"
    private static let pay = "prod:shop/Deployment/pay{app.kubernetes.io/instance=pay-1,app.kubernetes.io/name=pay}"
    private static let legacy = "prod:shop/Deployment/legacy{service=legacy}"
    private static let ftp = "prod:shop/Deployment/ftp{app=ftp}"

    /// By line; lines without an edge are left out.
    private static let edges: [Int: String] = [
        1: "\(web) -> \(api) TCP 8080 attempted",
        2: "\(web) -> \(api) TCP 8080 answered",
        3: "\(web) -> \(api) TCP 8080 attempted",
        4: "\(web) -> \(api) TCP 8080 answered",
        5: "\(web) -> \(dns) UDP 53 opened",
        6: "\(web) -> \(dns) UDP 53 answered",
        8: "\(api) -> world 52.1.2.3 TCP 443 attempted",
        9: "\(api) -> world 52.1.2.3 TCP 443 answered",
        10: "\(api) -> world 203.0.113.7 TCP 9092 attempted",
        11: "world 198.51.100.9 -> \(web) TCP 443 attempted",
        12: "world 198.51.100.9 -> \(web) TCP 443 answered",
        13: "host 10.1.0.155 -> \(api) TCP 8081 attempted",
        14: "remoteNode 10.1.0.209 -> \(api) TCP 8081 attempted",
        15: "\(api) -> apiServer 10.1.0.77 TCP 6443 attempted",
        16: "\(db) -> apiServer 34.1.1.1 TCP 443 attempted",
        18: "\(web) -> \(api) ICMPv4 0 opened",
        19: "\(web) -> \(pay) TCP 8080 attempted",
        20: "\(web) -> \(pay) TCP 8080 attempted",
        21: "\(legacy) -> \(db) TCP 5432 attempted",
        22: "\(web) -> \(legacy) TCP 7000 attempted",
        23: "prod:shop/Deployment/mono-front{app=mono,component=front} -> \(api) TCP 8080 attempted",
        24: "prod:shop/Deployment/mono-batch{app=mono,component=batch} -> \(db) TCP 5432 attempted",
        25: "\(web) -> \(api) TCP 8080 attempted",
        26: "\(web) -> prod:monitoring/Deployment/statsd{app=statsd} UDP 8125 opened",
        27: "\(web) -> prod:telco/Deployment/sig{app=sig} SCTP 36412 opened",
        28: "\(api) -> world 140.82.1.1 TCP 443 attempted",
        29: "\(api) -> world 192.0.2.9 TCP 8443 attempted",
        30: "\(web) -> eu2:shop/Deployment/api{app=api} TCP 8080 attempted",
        31: "\(api) -> \(api) TCP 8080 attempted",
        32: "\(web) -> \(db) TCP 5432 attempted",
        33: "prod:shop/StatefulSet/kafka{app=kafka} -> prod:shop/StatefulSet/kafka{app=kafka} TCP 9092 attempted",
        34: "prod:monitoring/Deployment/prometheus{app=prometheus} -> \(api) TCP 9090 attempted",
        35: "\(web) -> \(ftp) TCP 50123 attempted",
        36: "\(web) -> \(ftp) TCP 50999 attempted",
    ]

    private static func lines() throws -> [String] {
        try Fixtures.own("hubble/corner-cases.ndjson").split(separator: "\n").map(String.init)
    }

    @Test(arguments: 1...39) func `every line gives its edge and no other`(number: Int) throws {
        let decoding = Decoding(HubbleDecoder(), lines: [try Self.lines()[number - 1]])
        #expect(decoding.connections == [Self.edges[number]].compactMap { $0 })
        #expect(decoding.records.count == 1)
        #expect(decoding.records.observed == (Self.edges[number] == nil ? 0 : 1))
    }

    @Test func `lines without an edge are counted by their reason`() throws {
        let decoding = Decoding(HubbleDecoder(), lines: try Self.lines())
        #expect(decoding.records.ignored[.applicationLayer] == 1)
        #expect(decoding.records.ignored[.verdict] == 1)
        #expect(decoding.records.ignored[.notAFlow] == 2)
        #expect(decoding.records.rejected[.notJSON] == 1)
        #expect(decoding.records.rejections.map(\.excerpt) == ["{broken"])
        #expect(decoding.records.count == 39)
    }

    @Test func `lost events count for the day's coverage`() throws {
        let decoding = Decoding(HubbleDecoder(), lines: try Self.lines())
        #expect(decoding.records.days.reduce(0) { $0 + $1.lost } == 12)
        #expect(decoding.records.days.reduce(0) { $0 + $1.records } == 38)
    }

    @Test func `names come from destination names, source names and labels`() throws {
        let names = Decoding(HubbleDecoder(), lines: try Self.lines()).names
        #expect(names == ["api.stripe.com 52.1.2.3", "api.stripe.com 52.1.2.3", "*.github.com 140.82.1.1"])
    }

    @Test func `pods are sighted at their addresses`() throws {
        let pods = Decoding(HubbleDecoder(), lines: [try Self.lines()[0]]).pods
        #expect(pods == ["web-7d9c-abcde 10.1.0.141", "api-7d9c-abcde 10.1.0.147"])
    }

    @Test func `the sample names pods, addresses and the packet`() throws {
        let decoding = Decoding(HubbleDecoder(), lines: [try Self.lines()[0]])
        let sample = decoding.decoder.sample(decoding.records.connections[0].sample)
        #expect(
            sample
                == "web-7d9c-abcde (10.1.0.141) -> api-7d9c-abcde (10.1.0.147) TCP 45678 > 8080 SYN at prod/n1")
    }
}
