import Domain
import Engine
import Foundation
import Testing

/// What a reviewer reads of roles: what is risky comes first, with what it leads to.
@Suite struct AccessReviewTests {
    private static let inputs = Inputs(objects: [AuditStory.objects, AuditStory.grants], audit: [AuditStory.log])

    private static func items() throws -> [ProposedItem] { try ObservedCluster(inputs).preview(.rbac).items }

    @Test func `risky rules come first, critical ones before others`() throws {
        for item in try Self.items() {
            let ranks = item.rules.map { rule in
                rule.risks?.first.map { $0.isCritical ? 0 : 1 } ?? 2
            }
            #expect(ranks == ranks.sorted(), "\(item.title)")
        }
        let sre = try #require(try Self.items().first { $0.title == "Group sre" })
        #expect(sre.rules.first?.peers == ["serviceaccounts/token \"picker\""])
        #expect(sre.rules.contains { $0.risks?.isEmpty == true })
    }

    @Test func `the file's rules stay in canonical order`() throws {
        let sre = try #require(try Self.items().first { $0.title == "Group sre" })
        let rules = sre.grants.roles.flatMap(\.rules)
        let keys = rules.map { "\($0.apiGroups) \($0.resources)" }
        #expect(keys.first?.contains("serviceaccounts/token") == false)
    }

    @Test func `warnings name each path once, with what a token is good for`() throws {
        let sre = try #require(try Self.items().first { $0.title == "Group sre" })
        #expect(
            sre.warnings.first?.hasPrefix("critical: it makes tokens of ServiceAccount \"picker\" in warehouse")
                == true,
            "\(sre.warnings)")
        #expect(Set(sre.warnings).count == sre.warnings.count)
    }

    @Test func `JSON lists the risks of roles and has none for network rules`() throws {
        let report = try ObservedCluster(Self.inputs).preview(.rbac)
        let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
        let items = try #require(json?["items"] as? [[String: Any]])
        let rules = items.flatMap { $0["rules"] as? [[String: Any]] ?? [] }
        #expect(!rules.isEmpty && rules.allSatisfy { $0["risks"] is [Any] })
        let risks = rules.flatMap { $0["risks"] as? [[String: Any]] ?? [] }
        #expect(risks.contains { $0["kind"] as? String == "tokens" && $0["isCritical"] as? Bool == true })
        let network = try #require(Scenario.all.first { $0.name == "05-headless-service" })
        #expect(try !network.observed().preview().json().contains("\"risks\""))
    }
}

extension AccessReviewTests {
    @Test func `what a bundle adds is in the annotation, the evidence and the warnings, and only then`() throws {
        var bundled = Self.inputs
        bundled.configuration = "rbac: {bundles: [read]}"
        let report = try ObservedCluster(bundled).preview(.rbac)
        let roles = report.grants.roles.filter { !$0.annotations.isEmpty }
        let picker = try #require(report.items.first { $0.title == "ServiceAccount warehouse/picker" })
        #expect(!roles.isEmpty && report.yaml.contains("    leastwise/inferred: \"read: "))
        #expect(!report.yaml.contains(" # "))
        #expect(picker.warnings.contains { $0.hasPrefix("inferred by a bundle, not observed: warehouse: read: ") })
        #expect(try report.json().contains("inferred: the bundle read gives get, list and watch together"))
        let plain = try ObservedCluster(Self.inputs).preview(.rbac)
        #expect(!plain.yaml.contains("annotations"))
        #expect(plain.replay.observed == report.replay.observed)
    }
}
