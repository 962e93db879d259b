import Domain
import Layout
import Testing

@Suite struct RBACSubjectEditTests {
    private static let text = """
        # bindings
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: b, namespace: shop}
        subjects: # who
          # ann leads
          - kind: User
            name: ann
            apiGroup: rbac.authorization.k8s.io
          - kind: ServiceAccount
            name: cart # here

          - {kind: ServiceAccount, name: cart, namespace: other}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}

        """
    private static let ann = Subject(kind: .user, name: "ann")
    private static let cart = Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "cart")
    private static let other = Subject(kind: .serviceAccount, namespace: Namespace("other"), name: "cart")

    private static func edit(_ text: String, _ change: RBACManifestEdit.Change, _ document: Int = 0) throws -> String {
        try RBACManifestEdit.edit(
            text, change,
            at: RBACManifest(
                path: "b.yaml", document: document, kind: .roleBinding, namespace: Namespace("shop"), name: "b"))
    }

    @Test func `removes subjects with their comments`() throws {
        #expect(
            try Self.edit(Self.text, .removeSubjects([Self.ann]))
                == Self.text.replacing(
                    "  # ann leads\n  - kind: User\n    name: ann\n    apiGroup: rbac.authorization.k8s.io\n", with: "")
        )
        #expect(
            try Self.edit(Self.text, .removeSubjects([Self.cart]))
                == Self.text.replacing("  - kind: ServiceAccount\n    name: cart # here\n", with: ""))
        let nobody = try Self.edit(Self.text, .removeSubjects([Self.other, Self.ann, Self.cart]))
        #expect(nobody.contains("subjects: [] # who\n"))
        #expect(nobody.hasSuffix("roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\n"))
        #expect(try Self.edit(Self.text, .removeSubjects([])) == Self.text)
    }

    @Test func `removes nobody where one is not there`() {
        for change in [
            RBACManifestEdit.Change.removeSubjects([Self.ann, Subject(kind: .group, name: "ann")]), .rules([]),
        ] {
            #expect(throws: LayoutError.self) { try Self.edit(Self.text, change) }
        }
    }

    @Test(arguments: [
        ("DOC---\nkind: A\n", 0, "---\nkind: A\n"), ("kind: A\n---\nDOC", 1, "kind: A\n"),
        ("# licence\n\n# b\nDOC--- # next\nkind: A", 0, "# licence\n\n--- # next\nkind: A"),
        ("---\nkind: A\n---\nDOC# end\n---\nkind: B\n", 1, "---\nkind: A\n---\nkind: B\n"),
        ("DOC...\n---\nkind: A\n", 0, "---\nkind: A\n"), ("kind: A\n...\n---\nDOC", 1, "kind: A\n...\n"),
        ("kind: A\n---\n---\nDOC", 2, "kind: A\n---\n"),
    ])
    func `removes a document among others`(text: String, document: Int, expected: String) throws {
        for ends in ["\n", "\r\n"] {
            let whole = text.replacing("DOC", with: Self.text).replacing("\n", with: ends)
            #expect(try Self.edit(whole, .removeDocument, document) == expected.replacing("\n", with: ends))
        }
    }

    @Test(arguments: [("DOC", 0), ("DOC---\n# nothing\n", 0), ("---\n---\nDOC", 1)])
    func `keeps a document that is alone`(text: String, document: Int) {
        do {
            _ = try Self.edit(text.replacing("DOC", with: Self.text), .removeDocument, document)
            Issue.record("removed")
        } catch let error as LayoutError { #expect(error.code == .onlyDocument) } catch { Issue.record(error) }
    }

    @Test func `keeps one of several documents that are to go`() throws {
        let text = Self.text + "---\n" + Self.text
        let places = (0...1).map {
            RBACManifest(path: "b.yaml", document: $0, kind: .roleBinding, namespace: Namespace("shop"), name: "b")
        }
        #expect(throws: LayoutError.self) {
            try RBACManifestEdit.edit(text, places.map { ($0, .removeDocument) })
        }
        #expect(try RBACManifestEdit.edit(text, [(places[1], .removeDocument)]) == Self.text)
        #expect(try RBACManifestEdit.edit(text, []) == text)
    }

    @Test func `keeps documents of a file with directives`() {
        #expect(throws: LayoutError.self) {
            try Self.edit("%YAML 1.1\n---\n\(Self.text)...\n%YAML 1.1\n---\nkind: A\n", .removeDocument)
        }
    }
}
