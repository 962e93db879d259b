import Decoders
import Domain
import Foundation
import Testing

/// Records of EKS, AKS and GKE that another project tests its rules with; most are cut down by their authors.
@Suite(.enabled(if: Fixtures.hasShared, "the shared fixtures are not here"))
struct CloudFixtureTests {
    private static func logs() throws -> [(object: [String: Any], text: String)] {
        try Fixtures.shared("audit/managed/kubernetes_rules.jsonl").split(separator: "\n").map { line in
            let wrapped = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let log = try #require(wrapped?["log"] as? [String: Any])
            let data = try JSONSerialization.data(withJSONObject: log)
            return (log, String(decoding: data, as: UTF8.self))
        }
    }

    private static func decoding(_ text: String) -> Decoding {
        Decoding(AuditDecoder(defaultTime: Timestamp("2026-11-01T00:00:00Z")), text: text)
    }

    @Test func `every record is used, ignored or refused with its reason`() throws {
        let logs = try Self.logs()
        let decoding = Self.decoding(logs.map(\.text).joined(separator: "\n"))
        #expect(decoding.records.count == logs.count && logs.count == 237)
        #expect(decoding.records.observed == 100)
        #expect(decoding.records.ignored.total == 10)
        #expect(decoding.records.rejected[.notThisSource] == 121)
        // Times that the other project wrote its own way.
        #expect(decoding.records.rejected[.wrongType] == 3)
        // Google's health checks, without what was asked for.
        #expect(decoding.records.rejected[.missingField] == 3)
        #expect(decoding.records.rejected.total == 127)
    }

    @Test func `what is refused as another source's has neither an audit event's version nor an envelope`() throws {
        for (object, text) in try Self.logs() where Self.decoding(text).rejected == [.notThisSource] {
            let service = (object["protoPayload"] as? [String: Any])?["serviceName"] as? String
            #expect(object["apiVersion"] == nil, "\(text)")
            #expect(service == nil || service == "compute.googleapis.com", "\(text)")
            #expect(object["category"] == nil || object["category"] as? String == "Administrative", "\(text)")
        }
    }

    @Test(
        arguments: [
            (0, "admin@example.com: create mutatingwebhookconfigurations.admissionregistration.k8s.io"),
            (14, "attacker@example.com: create certificatesigningrequests"),
            (23, "attacker@example.com: create clusterrolebindings.rbac.authorization.k8s.io"),
            (46, "john.doe@example.com: create pods/exec nginx-pod in default"),
            (51, "developer@example.com: create ingresses.networking.k8s.io in production"),
            (58, "admin@example.com: list pods in default"), (78, "attacker@example.com: create pods in kube-system"),
            (159, "attacker@example.com: get secrets nonexistent-secret in production"),
            (169, "attacker@example.com: watch secrets in production"), (174, "attacker@example.com: list secrets"),
            (189, "attacker@example.com: create serviceaccounts/token persistence-sa in production"),
            (228, "attacker@example.com: update clusterroles.rbac.authorization.k8s.io system:node"),
        ]) func `EKS: what was asked for`(number: Int, access: String)
    {
        expect(number, "User \(access) allowedByStatus")
    }

    @Test(
        arguments: [
            (1, "policy-admin@example.com: create validatingwebhookconfigurations.admissionregistration.k8s.io"),
            (7, "system:anonymous: get pods test-pod in default"),
            (33, "admin@example.com: update cronjobs nightly-job in production"),
            (47, "masterclient: get pods/exec nginx-pod in default"),
            (59, "admin@example.com: get pods in default"),
            (65, "malicious-user@example.com: create pods/exec api-server in default"),
            (79, "malicious-user@example.com: create pods in kube-public"),
            (134, "malicious-user@example.com: create roles.rbac.authorization.k8s.io in production"),
            (175, "compromised-user@example.com: list secrets"),
            (184, "admin@example.com: create services in default"),
            (190, "persistence-user@example.com: create serviceaccounts/token backdoor-sa in default"),
            (229, "malicious-user@example.com: delete clusterroles.rbac.authorization.k8s.io system:kube-scheduler"),
        ]) func `AKS: what was asked for`(number: Int, access: String)
    {
        // One of them has its annotation.
        expect(number, "User \(access) \(number == 7 ? "allowed" : "allowedByStatus")")
    }

    @Test(
        arguments: [
            (2, "user@company.com: create mutatingwebhookconfigurations.admissionregistration.k8s.io allowed"),
            (8, "system:anonymous: get pods test-pod in default allowed"),
            (16, "user@company.com: create certificatesigningrequests.certificates.k8s.io allowed"),
            (34, "user@company.com: create cronjobs.batch in default allowed"),
            (48, "user@company.com: create pods/exec nginx-pod in default allowed"),
            (60, "user@company.com: list pods in default allowed"),
            (74, "user@example.com: list pods in default denied"),
            (80, "user@company.com: create pods in gke-system allowed"),
            (126, "user@company.com: create clusterroles.rbac.authorization.k8s.io allowed"),
            (161, "user@company.com: get secrets tls-cert in production denied"),
            (176, "user@company.com: list secrets allowed"),
            (230, "user@company.com: patch roles.rbac.authorization.k8s.io system:controller in kube-system allowed"),
        ]) func `GKE: what was asked for, and whether it was granted`(number: Int, access: String)
    {
        expect(number, "User \(access)")
    }

    @Test(arguments: [72, 73, 158, 160, 170])
    func `nothing is learned from a 401 or 403 whose annotations were cut off`(number: Int) throws {
        let decoding = Self.decoding(try Self.logs()[number].text)
        #expect(decoding.accesses.isEmpty)
        #expect(decoding.records.ignored.total == 1)
    }

    private func expect(_ number: Int, _ access: String) {
        let accesses = (try? Self.logs()[number].text).map { Self.decoding($0).accesses }
        #expect(accesses == [access])
    }
}
