import Domain
import Foundation
import Testing

@Suite struct ExactTextTests {
    /// Canonically equivalent, different in bytes (Unicode Standard Annex 15): the last holds a Kelvin sign.
    static let pairs = [("\u{e9}", "e\u{301}"), ("a\u{323}\u{307}", "a\u{307}\u{323}"), ("K8s", "\u{212a}8s")]

    @Test(arguments: pairs)
    func `names are equal by their bytes alone`(one: String, other: String) {
        #expect(one == other)
        #expect(ExactText(one) != ExactText(other))
        #expect(ExactText(one) == ExactText(String(decoding: Array(one.utf8), as: UTF8.self)))
        #expect(Set([ExactText(one), ExactText(other), ExactText(one)]).count == 2)
        #expect(Set([Subject(kind: .user, name: one), Subject(kind: .user, name: other)]).count == 2)
        #expect(
            PolicyRule(verbs: ["get"], resourceNames: [one]) != PolicyRule(verbs: ["get"], resourceNames: [other]))
        let bindings = [one, other].map {
            RoleBinding(
                namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: $0), subjects: [])
        }
        #expect(bindings[0] != bindings[1])
    }

    @Test(arguments: pairs)
    func `every field of a request counts with its bytes`(one: String, other: String) {
        let fields: [(String) -> AccessAction] = [
            { AccessAction(verb: $0, apiGroup: "", resource: "r") },
            { AccessAction(verb: "v", apiGroup: $0, resource: "r") },
            { AccessAction(verb: "v", apiGroup: "", resource: $0) },
            { AccessAction(verb: "v", apiGroup: "", resource: "r", subresource: $0) },
            { AccessAction(verb: "v", apiGroup: "", resource: "r", namespace: Namespace($0)) },
            { AccessAction(verb: "v", apiGroup: "", resource: "r", name: $0) }, { AccessAction(verb: "v", path: $0) },
        ]
        for field in fields {
            #expect(field(one) != field(other))
            #expect(Set([field(one), field(other), field(one)]).count == 2)
            #expect((field(one) < field(other)) != (field(other) < field(one)))
        }
    }

    @Test func `any order of input is sorted to one order`() {
        let names = Self.pairs.flatMap { [$0.0, $0.1] } + ["", "e", "z", "\u{e9}a"]
        let sorted = names.map { ExactText($0) }.sorted().map { Array($0.text.utf8) }
        for _ in 0..<20 {
            #expect(names.shuffled().map { ExactText($0) }.sorted().map { Array($0.text.utf8) } == sorted)
        }
        #expect([ExactText("a"), ExactText("b")].sorted() == ["a", "b"])
    }

    @Test func `subjects are written and read as before`() throws {
        let subject = Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "e\u{301}")
        let data = try JSONEncoder().encode(subject)
        #expect(try JSONDecoder().decode(Subject.self, from: data) == subject)
        let fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: String])
        #expect(fields.keys.sorted() == ["kind", "name", "namespace"])
    }
}
