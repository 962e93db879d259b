import Decoders
import Testing

/// Who within a service account asked.
@Suite struct AuditCallerTests {
    private static func user(_ name: String = "system:serviceaccount:shop:api", pod: String) -> String {
        let extra = #""authentication.kubernetes.io/node-name":["n-1"],"authentication.kubernetes.io/pod-name":\#(pod)"#
        return #"{"username":"\#(name)","groups":["system:serviceaccounts"],"extra":{\#(extra)}}"#
    }

    private static func decoding(_ users: [String]) -> Decoding {
        Decoding(AuditDecoder(), lines: users.map { user in EventText().with { $0.user = user }.line })
    }

    @Test func `a token's pod names the workload, and pods of one workload are one caller`() {
        let decoding = Self.decoding(
            ["web-7d9c8b6f5-x7k2p", "web-7d9c8b6f5-bcdfg", "worker-0"].map { Self.user(pod: #"["\#($0)"]"#) })
        #expect(decoding.callers == ["web", "web", "worker"])
        #expect(decoding.decoder.tables.callers == ["web", "worker"])
        #expect(Set(decoding.records.accesses.map(\.subject)).count == 1)
    }

    @Test(arguments: [
        user("dana", pod: #"["web-7d9c8b6f5-x7k2p"]"#), user(pod: "[]"), user(pod: #"["Not A Pod"]"#),
        user(pod: #"[""]"#), user(pod: "[7]"), #"{"username":"system:serviceaccount:shop:api"}"#,
    ])
    func `what is no pod of a service account is no caller`(user: String) {
        #expect(Self.decoding([user]).callers == [""])
    }

    @Test func `an impersonator's pod belongs to its impersonating alone`() {
        let event = EventText().with {
            $0.user = Self.user(pod: #"["proxy-7d9c8b6f5-x7k2p"]"#)
            $0.impersonated = Self.user("system:serviceaccount:shop:web", pod: #"["forged-0"]"#)
        }
        let decoding = Decoding(AuditDecoder(), lines: [event.line])
        #expect(decoding.accesses[0] == "ServiceAccount shop/web: list pods in shop allowed")
        #expect(decoding.callers.count > 2)
        #expect(decoding.callers[0] == "")
        #expect(decoding.callers.dropFirst().allSatisfy { $0 == "proxy" })
    }

    @Test func `a reset forgets callers`() {
        let decoding = Self.decoding([Self.user(pod: #"["web-0"]"#)])
        decoding.decoder.reset()
        #expect(decoding.decoder.tables.callers.isEmpty)
    }
}
