import Decoders
import Domain
import Testing

@Suite struct AuditFixtureTests {
    private static func log() throws -> Decoding { Decoding(AuditDecoder(), text: try Fixtures.own("audit/audit.log")) }

    @Test func `a real server's log is decoded whole`() throws {
        let decoding = try Self.log()
        #expect(decoding.records.count == 167)
        #expect(decoding.rejected.isEmpty)
        #expect(decoding.records.ignored[.requestReceived] == 82)
        #expect(decoding.records.ignored[.noVerb] == 1)
        #expect(decoding.records.ignored[.unauthenticated] == 1)
        #expect(decoding.records.observed == 83)
    }

    @Test(arguments: [
        "ServiceAccount warehouse/picker: get configmaps routes in warehouse allowed",
        "ServiceAccount warehouse/picker: patch deployments/status.apps picker in warehouse allowed",
        "ServiceAccount warehouse/picker: create leases.coordination.k8s.io in warehouse allowed",
        "ServiceAccount warehouse/picker: get secrets ledger-db in billing denied",
        "ServiceAccount billing/invoicer: list secrets ledger-db in billing allowed",
        "ServiceAccount billing/invoicer: deletecollection jobs.batch in billing allowed",
        "ServiceAccount ops/backup: list pods allowed", "ServiceAccount ops/backup: get /livez allowed",
        "ServiceAccount warehouse/picker: list secrets in billing denied",
        "User dana: impersonate:serviceaccount serviceaccounts.authentication.k8s.io picker in warehouse allowed",
        "User dana: impersonate-on:serviceaccount:list pods in warehouse allowed",
        "User dana: impersonate-on:serviceaccount:get /version allowed",
        "User dana: create serviceaccounts/token",
    ]) func `the story's requests are there`(access: String) throws {
        let accesses = try Self.log().accesses
        let isThere = accesses.contains { $0.hasPrefix(access) }
        #expect(isThere)
    }

    @Test func `nothing is granted to those who were refused`() throws {
        let strangers = try Self.log().accesses.filter { $0.hasPrefix("User intruder") && !$0.contains(" get /") }
        #expect(!strangers.isEmpty)
        #expect(strangers.allSatisfy { $0.contains("denied") })
    }

    @Test func `requests seen in two stages are counted once`() throws {
        let decoding = try Self.log()
        #expect(decoding.records.accesses.filter { !$0.isCounted }.count == 2)
        #expect(decoding.accesses.filter { $0.contains(": watch pods") }.count == 2)
    }

    @Test(.enabled(if: Fixtures.hasShared, "the shared fixtures are not here"))
    func `old captures without a version are decoded`() throws {
        for file in try Fixtures.sharedFiles("audit/falco-captures") {
            let text = try Fixtures.shared(file)
            // One capture holds several indented documents, which the reader takes apart, not the decoder.
            if text.hasPrefix("{\n") || text.contains("\n{") && text.contains("\n  ") { continue }
            let decoding = Decoding(AuditDecoder(), text: text)
            #expect(decoding.rejected == (file.hasSuffix("fal_01_003.json") ? [.notThisSource] : []), "\(file)")
            #expect(
                decoding.records.observed == (file.hasSuffix("fal_01_003.json") ? 0 : decoding.records.count), "\(file)"
            )
        }
    }

    @Test(.enabled(if: Fixtures.hasShared, "the shared fixtures are not here"))
    func `a record in an envelope that no cloud uses is no event of this source`() throws {
        let decoding = Decoding(AuditDecoder(), text: try Fixtures.shared("audit/managed/kubernetes_rules.jsonl"))
        #expect(decoding.rejected == [.notThisSource])
        #expect(decoding.records.observed == 0)
    }
}
