import Foundation
import Testing

@testable import Engine

/// What a person reads about roles and bindings that exist.
struct ExistingGrantTests {
    private static func learned() throws -> LearnedCluster { try ObservedCluster(AuditStoryTests.inputs[0]).learn() }

    @Test(arguments: ["RoleBinding/billing/invoicer", "RoleBinding billing/invoicer", "billing/invoicer"])
    func `explains a binding under each of its names`(_ name: String) throws {
        let text = try #require(ExistingGrantReport(name, in: Self.learned())).text
        #expect(
            text.contains(
                "RoleBinding/billing/invoicer grants Role/billing/invoicer to\n  ServiceAccount billing/invoicer, last seen"
            ))
        #expect(text.contains("get secrets \"smtp\" in billing: 2 times"))
        #expect(text.contains("the reason that the API server named for"))
    }

    @Test func `tells what a subject holds, through whom, and what of it it used`() throws {
        let learned = try Self.learned()
        let dana = try #require(ExistingGrantReport("User dana", in: learned)).text
        #expect(dana.contains("User dana holds, beside what everyone has:"))
        #expect(
            dana.contains("ClusterRole/cluster-admin through ClusterRoleBinding/sre-admin as a member of sre"),
            "\(dana)")
        let dormant = try #require(ExistingGrantReport("ServiceAccount ops/dormant", in: learned)).text
        #expect(dormant.contains("never used by it") && !dormant.contains("last used"), "\(dormant)")
        let backup = try #require(ExistingGrantReport("ServiceAccount ops/backup", in: learned)).text
        #expect(backup.contains("last used 2026-11-23"), "\(backup)")
    }

    @Test func `says nothing of a name that is not there`() throws {
        #expect(try ExistingGrantReport("RoleBinding/billing/nobody", in: Self.learned()) == nil)
    }

    @Test func `lists parts of rules, wildcards, and who was never seen`() throws {
        let observed = try ObservedCluster(AuditStoryTests.inputs[0])
        let text = try UnusedReport(observed.learn(), settings: observed.settings).text(withParts: true)
        for part in [
            "its wildcards stood for: get configmaps; list pods; watch pods", "verbs watch, update, patch, delete",
            "Never seen: ServiceAccount ops/dormant.", "rbac.auditPolicy is not set",
        ] {
            #expect(text.contains(part), "\(part)\n\(text)")
        }
    }

    @Test func `a shared account's item says who uses it for what`() throws {
        let scenario = try #require(Scenario.all.first { $0.name == "rbac-24-default-and-shared-accounts" })
        let items = try PreviewJob(scenario.observed().learn()).run(.init(kind: .rbac)).items
        let shared = items.flatMap(\.warnings).filter { $0.hasPrefix("it is used by ") }
        #expect(
            shared.contains { warning in
                warning.contains("shop/Deployment/worker (get secrets in shop)")
                    && warning.hasSuffix(": an account for each would let each have its own rights")
            }, "\(shared)")
    }

    @Test func `a namespace that is not there any more is named`() throws {
        let folder = try TemporaryFolder()
        let namespaces =
            #"{"kind":"List","apiVersion":"v1","items":[{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"ops"}}]}"#
        let objects = try folder.write(namespaces, to: "objects.json")
        let items = try ObservedCluster(Inputs(objects: [objects], audit: [AuditStory.log])).preview(.rbac).items
        let picker = try #require(items.first { $0.title == "ServiceAccount warehouse/picker" })
        #expect(picker.warnings.contains { $0.hasPrefix("not among the observed namespaces: warehouse") })
        #expect(!items.flatMap(\.warnings).contains { $0.hasPrefix("not among") && $0.contains("ops") })
    }

    @Test func `calls nothing unused where no audit event was observed`() throws {
        let flows = Fixtures.scenarios.appending(path: "01-reply-direction/input/flows.ndjson")
        let observed = try ObservedCluster(Inputs(objects: AuditStoryTests.inputs[0].objects, flows: [flows]))
        let report = try UnusedReport(observed.learn(), settings: observed.settings)
        let text = report.text(withParts: false)
        #expect(text.hasPrefix("no audit events of cluster prod were observed") && !text.contains("never"), "\(text)")
        let json = try report.json()
        #expect(
            json.contains("\"nothingGoes\" : \"no audit events were observed\"")
                && json.contains("\"recordedDays\" : 0"))
    }

    @Test func `tells how often a binding that is used was the reason`() throws {
        let observed = try ObservedCluster(AuditStoryTests.inputs[0])
        let text = try UnusedReport(observed.learn(), settings: observed.settings).text(withParts: true)
        #expect(
            text.split(separator: "\n").contains { $0.contains("): last use") && $0.contains("the reason named for") })
    }
}
