import Domain
import Foundation
import Testing

@testable import Layout

@Suite struct RBACManifestPropertyTests {
    @Test(arguments: UInt64(1)...600)
    func `an edit changes what it is about and no other line`(seed: UInt64) throws {
        var random = RandomManifests(seed: seed)
        let object = random.objects.pick(&random.generator)
        let keeps = object.itemLines.map { _ in random.one(in: 2) }
        let text = random.text
        let found = RBACManifest.locate(in: "r.yaml", of: RepositoryTree(files: ["r.yaml": Array(text.utf8)]))
        #expect(
            found.map(\.document) == random.objects.map(\.document) && found.map(\.item) == random.objects.map(\.item))
        if object.kind.listKey == "rules" {
            let changes = keeps.map { keeps in keeps ? .keep : Self.change(&random) }
            let edited = try RBACManifestEdit.edit(text, .rules(changes), at: object.place)
            let rules: [PolicyRule] = zip(object.rules, changes).flatMap { rule, change in
                if case .replace(let new) = change { return new }
                return change == .keep ? [rule] : []
            }
            let read = try #require(Self.object(object, in: edited)?["rules"] as? [[String: [String]]])
            #expect(read.map(Self.rule) == rules.map(Self.sets), "\(text)\n=>\n\(edited)")
            Self.checkLines(random, object, edited, keeps: changes.map { $0 == .keep })
        } else {
            let removed = zip(object.subjects, keeps).filter { !$1 }.map(\.0)
            let edited = try RBACManifestEdit.edit(text, .removeSubjects(removed), at: object.place)
            let read = try #require(Self.object(object, in: edited)?["subjects"] as? [[String: String]])
            #expect(read.map { $0["name"] } == object.subjects.filter { !removed.contains($0) }.map(\.name))
            Self.checkLines(random, object, edited, keeps: keeps)
        }
    }

    @Test(arguments: UInt64(1)...200)
    func `removing a document leaves the others`(seed: UInt64) throws {
        var random = RandomManifests(seed: seed)
        let object = random.objects.pick(&random.generator)
        let text = random.text
        let documents = try #require(JSONForm.documents(text))
        guard object.item == nil, documents.count > 1 else {
            #expect(throws: LayoutError.self) { try RBACManifestEdit.edit(text, .removeDocument, at: object.place) }
            return
        }
        let edited = try RBACManifestEdit.edit(text, .removeDocument, at: object.place)
        var left = documents
        left.remove(at: object.document)
        #expect(try #require(JSONForm.documents(edited)) as NSArray == left as NSArray)
        let lines = edited.components(separatedBy: random.lineEnd)
        let start = random.lines[..<object.key].lastIndex { $0.hasPrefix("---") } ?? 0
        #expect(lines.starts(with: random.lines[..<start]))
        let next = random.lines[object.key...].firstIndex { $0.hasPrefix("---") } ?? random.lines.count
        let all = text.components(separatedBy: random.lineEnd)
        // Where the last document goes, the line end before it stays as the file's end had it.
        let rest = next == random.lines.count ? [] : all[next...]
        #expect(lines.reversed().starts(with: rest.reversed()), "\(text)\n=>\n\(edited)")
    }

    @Test(arguments: UInt64(1)...200)
    func `several edits at once are the same as one after the other`(seed: UInt64) throws {
        var random = RandomManifests(seed: seed)
        var changes: [(place: RBACManifest, change: RBACManifestEdit.Change)] = random.objects.map { object in
            if object.kind.listKey == "subjects" { return (object.place, .removeSubjects([object.subjects[0]])) }
            return (object.place, .rules([.remove] + object.rules.dropFirst().map { _ in Self.change(&random) }))
        }
        if let last = random.objects.last, last.document > 0, last.item == nil {
            changes[changes.count - 1].change = .removeDocument
        }
        let text = random.text
        var oneByOne = text
        for (place, change) in changes { oneByOne = try RBACManifestEdit.edit(oneByOne, change, at: place) }
        #expect(try RBACManifestEdit.edit(text, changes.shuffled(using: &random.generator)) == oneByOne)
        #expect(throws: LayoutError.self) { try RBACManifestEdit.edit(text, changes + [changes[0]]) }
    }

    @Test(arguments: UInt64(1)...1000)
    func `a damaged file is refused, or changed in its list alone`(seed: UInt64) throws {
        var random = RandomManifests(seed: seed)
        let object = random.objects.pick(&random.generator)
        var text = random.text
        for _ in 0..<Int.random(in: 1...3, using: &random.generator) {
            let place = text.unicodeScalars.indices.randomElement(using: &random.generator) ?? text.startIndex
            let piece = ["", " ", "\n", "- ", ": ", "&a ", "*a", "[", "]", "'", "#", "\t", "---\n", "? ", "{", "!x "]
            text.unicodeScalars.replaceSubrange(
                place..<text.unicodeScalars.index(after: place), with: piece.pick(&random.generator).unicodeScalars)
        }
        let changes: [RBACManifestEdit.RuleChange] = object.rules.map { _ in
            random.one(in: 2) ? .keep : Self.change(&random)
        }
        let change: RBACManifestEdit.Change =
            object.kind.listKey == "rules" ? .rules(changes) : .removeSubjects([object.subjects[0]])
        guard let edited = try? RBACManifestEdit.edit(text, change, at: object.place) else { return }
        // A key that is a list has no JSON; what holds one cannot be compared that way.
        guard var left = JSONForm.documents(text) else { return }
        var right = try #require(JSONForm.documents(edited))
        left.remove(at: object.document)
        right.remove(at: object.document)
        #expect(left as NSArray == right as NSArray)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [", ", "\n      - "])
    func `edits long lists in time`(separator: String) throws {
        let words = (0..<20_000).map { "w\($0)" }
        let list =
            separator == ", " ? " [\(words.joined(separator: separator))]" : ([""] + words).joined(separator: separator)
        let head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: n}\nrules:\n"
        let rule = "  - verbs: [get]\n    apiGroups: [apps]\n    resources:\(list)\n"
        let place = RBACManifest(path: "r.yaml", document: 0, kind: .role, namespace: Namespace("shop"), name: "n")
        let narrowed = PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: words.filter { $0.hasSuffix("7") })
        let edited = try RBACManifestEdit.edit(head + rule, .rules([.replace([narrowed, narrowed])]), at: place)
        let read = try #require(JSONForm.documents(edited)?.first as? [String: Any])
        #expect((read["rules"] as? [[String: [String]]])?.map { $0["resources"]?.count } == [2000, 2000])
        let many = head + String(repeating: "- verbs: [get]\n", count: 20_000)
        let none = try RBACManifestEdit.edit(many, .rules(Array(repeating: .remove, count: 20_000)), at: place)
        #expect(none == head.dropLast() + " []\n")
    }

    private static func change(_ random: inout RandomManifests) -> RBACManifestEdit.RuleChange {
        guard random.one(in: 2) else { return .remove }
        return .replace(
            (0..<Int.random(in: 1...2, using: &random.generator)).map { _ in RandomManifests.rule(&random.generator) })
    }

    private static func object(_ object: RandomManifests.Object, in text: String) -> [String: Any]? {
        let document = JSONForm.documents(text)?[object.document] as? [String: Any]
        guard let item = object.item else { return document }
        return (document?["items"] as? [[String: Any]])?[item]
    }

    private static func rule(_ fields: [String: [String]]) -> [String: Set<String>] { fields.mapValues(Set.init) }

    private static func sets(_ rule: PolicyRule) -> [String: Set<String>] {
        let lists = [
            "verbs": rule.verbs, "apiGroups": rule.apiGroups, "resources": rule.resources,
            "resourceNames": rule.resourceNames,
        ]
        return lists.filter { !$1.isEmpty }.mapValues(Set.init)
    }

    /// What comes before and after the list is the same, and so are the lines of kept items, in their order.
    private static func checkLines(
        _ random: RandomManifests, _ object: RandomManifests.Object, _ edited: String, keeps: [Bool]
    ) {
        let lines = edited.components(separatedBy: random.lineEnd)
        #expect(lines.starts(with: random.lines[..<object.key]))
        #expect(!edited.replacing(random.lineEnd, with: "").contains("\r"))
        #expect(!edited.replacing(random.lineEnd, with: "").contains("\n"))
        let rest = random.text.components(separatedBy: random.lineEnd)[object.end...]
        #expect(lines.reversed().starts(with: rest.reversed()), "\(random.text)\n=>\n\(edited)")
        var next = object.key
        for (range, keep) in zip(object.itemLines, keeps) where keep {
            let own = Array(random.lines[range])
            let place = lines.indices.dropFirst(next).first { lines[$0...].starts(with: own) }
            #expect(place != nil, "\(own) in\n\(edited)")
            next = (place ?? next) + own.count
        }
        if keeps.allSatisfy({ $0 }) { #expect(edited == random.text) }
    }
}
