import Engine
import Foundation
import Testing

/// The JSON form of a preview says how well each workload is known and what it is allowed beyond that.
@Suite struct PreviewDocumentTests {
    private struct Document: Decodable {
        let items: [Item]
        let slack: Total

        struct Item: Decodable {
            let name: String
            let kind: String
            let maturity: String
            let standing: Standing?
            let slack: Slack?
        }

        struct Standing: Decodable {
            let observedEdges: Int
            let heldBackEdges: Int
            let unresolvedShare: Double
            let hoursOfDay: Int
            let coverage: Coverage?
            let missing: [String]
        }

        struct Coverage: Decodable {
            let estimate: Double
            let lower: Double
            let upper: Double
        }

        struct Slack: Decodable {
            let allowedIncoming: Int
            let unobservedIncoming: Int
            let allowedOutgoing: Int
            let unobservedOutgoing: Int
            let reasons: [String]
        }

        struct Total: Decodable {
            let unobserved: Int
        }
    }

    private static func document(_ name: String) throws -> Document {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        return try JSONDecoder().decode(Document.self, from: Data(scenario.observed().preview().json().utf8))
    }

    @Test func `has edges, slack with its reason, unresolved share and maturity of each workload`() throws {
        let document = try Self.document("21-address-reuse")
        let network = document.items.filter { $0.kind == "network" }
        try #require(network.count == 5)
        let db = try #require(network.first { $0.name == "shop/StatefulSet/db" })
        let standing = try #require(db.standing)
        #expect(standing.observedEdges == 1 && standing.heldBackEdges == 2)
        #expect(standing.unresolvedShare == 0.6667)
        #expect(
            db.maturity == "stabilizing" && standing.missing.contains { $0.hasPrefix("held back until a person looks") }
        )
        let coverage = try #require(standing.coverage)
        #expect(0 <= coverage.lower && coverage.lower <= coverage.estimate && coverage.estimate <= coverage.upper)
        #expect(coverage.upper <= 1)
        #expect(network.allSatisfy { ($0.standing?.hoursOfDay ?? 0) > 0 })

        let slack = network.compactMap(\.slack)
        #expect(slack.count == network.count)
        // Each cell has one destination and one source, so that both ways of counting come to the whole.
        #expect(slack.reduce(0) { $0 + $1.unobservedIncoming } == document.slack.unobserved)
        #expect(slack.reduce(0) { $0 + $1.unobservedOutgoing } == document.slack.unobserved)
        #expect(slack.allSatisfy { $0.unobservedIncoming <= $0.allowedIncoming })
        #expect(slack.allSatisfy { ($0.unobservedIncoming == 0) == $0.reasons.isEmpty })
    }

    @Test func `has no standing for roles`() throws {
        let document = try Self.document("rbac-05-resource-names")
        let roles = document.items.filter { $0.kind == "rbac" }
        try #require(!roles.isEmpty)
        #expect(roles.allSatisfy { $0.standing == nil && $0.slack == nil })
    }
}
