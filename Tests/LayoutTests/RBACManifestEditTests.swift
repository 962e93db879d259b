import Domain
import Testing

@testable import Layout

@Suite struct RBACManifestEditTests {
    private static let head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: r\n"
    private static let place = RBACManifest(
        path: "a.yaml", document: 0, kind: .role, namespace: Namespace("shop"), name: "r")
    private static let pods = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"])

    @Test(
        arguments: [
            // Comments right above a rule go with it, those apart stay.
            (
                "rules: # all\n# core\n\n# pods\n- verbs: [get]  # why\n# jobs\n- verbs: [list]\n  # inner\n# end\n",
                [.remove, .keep], "rules: # all\n# core\n\n# jobs\n- verbs: [list]\n  # inner\n# end\n"
            ),
            (
                "rules:\n# pods\n- verbs: [get]\n# jobs\n- verbs: [list]\n  # inner\n# end\nx: y\n",
                [.keep, .remove], "rules:\n# pods\n- verbs: [get]\n# end\nx: y\n"
            ),
            ("rules: # all\n- verbs: [get]\n- verbs: [list]\n", [.remove, .remove], "rules: [] # all\n"),
            ("rules:\n  - verbs: [get]", [.remove], "rules: []"),
            ("\"rules\":\n  - verbs: [get]\nx: 1", [.remove], "\"rules\": []\nx: 1"),
            // Blank lines between rules do not add up.
            (
                "rules:\n\n- verbs: [a]\n\n- verbs: [b]\n\n- verbs: [c]\n\n", [.keep, .remove, .keep],
                "rules:\n\n- verbs: [a]\n\n- verbs: [c]\n\n"
            ),
            (
                "rules:\n\n- verbs: [a]\n\n- verbs: [b]\n\n- verbs: [c]\n\n", [.remove, .remove, .keep],
                "rules:\n\n- verbs: [c]\n\n"
            ),
            (
                "rules:\n- verbs: [a]\n\n- verbs: [b]\n\n---\n", [.keep, .remove],
                "rules:\n- verbs: [a]\n\n---\n"
            ),
            ("rules:\r\n- verbs: [a]\r\n- verbs: [b]", [.keep, .remove], "rules:\r\n- verbs: [a]"),
            // Only what changes is written again.
            (
                "rules:\n- apiGroups: [\"\"]  # core\n  resources: [\"pods\", \"secrets\"] # both\n  # verbs\n  verbs: ['*']\n",
                [.replace([PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods"])])],
                "rules:\n- apiGroups: [\"\"]  # core\n  resources: [\"pods\"] # both\n  # verbs\n  verbs: ['get', 'list']\n"
            ),
            (
                "rules:\n  - verbs:\n      - get # a\n      # b\n      - list\n      - watch\n    apiGroups:\n      - ''\n    resources:\n    - pods\n",
                [.replace([PolicyRule(verbs: ["create", "watch", "get"], apiGroups: [""], resources: ["pods"])])],
                "rules:\n  - verbs:\n      - get # a\n      - watch\n      - create\n    apiGroups:\n      - ''\n    resources:\n    - pods\n"
            ),
            (
                "rules:\n- apiGroups: [ \"*\" ]\n  resources: ['*']\n  verbs: [\"*\"]\n",
                [
                    .replace([
                        pods, PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["x"], resourceNames: ["y"]),
                    ])
                ],
                "rules:\n- apiGroups: [ \"\" ]\n  resources: ['pods']\n  verbs: [\"get\"]\n- apiGroups: [ \"apps\" ]\n  resources: ['x']\n  verbs: [\"get\"]\n  resourceNames: [\"y\"]\n"
            ),
            (
                "rules:\n-   resources: [a, b]\n    resourceNames: [c] # gone\n    apiGroups: [apps]\n    verbs: [get]\n",
                [.replace([PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["d", "b"])])],
                "rules:\n-   resources: [b, d]\n    apiGroups: [apps]\n    verbs: [get]\n"
            ),
            // The first key goes: the dash moves on.
            (
                "rules:\n- resourceNames: [c]\n  apiGroups: [apps]\n  resources: [a]\n  verbs: [get]\n",
                [.replace([PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["a"])])],
                "rules:\n- apiGroups: [apps]\n  resources: [a]\n  verbs: [get]\n"
            ),
            (
                "rules:\n-\n  # why\n  apiGroups: [apps]\n  resources: [a]\n  verbs: [get, list]\n",
                [.replace([PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["a"])])],
                "rules:\n- apiGroups: [apps]\n  resources: [a]\n  verbs: [get]\n"
            ),
            (
                "rules:\r\n- {apiGroups: [''], resources: [pods, 'a''b'], verbs: ['*']} # x\r\n- verbs: [a]\r\n",
                [.replace([PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["a'b", "pods"]), pods]), .keep],
                "rules:\r\n- {apiGroups: [''], resources: [pods, 'a''b'], verbs: ['get']} # x\r\n- {apiGroups: [''], resources: [pods], verbs: ['get']}\r\n- verbs: [a]\r\n"
            ),
            (
                "rules:\n- apiGroups:\n    - \"\"\n  resources: [\n    pods,\n    secrets\n  ]\n  verbs:\n    [get, list]\n",
                [.replace([pods])],
                "rules:\n- apiGroups:\n    - \"\"\n  resources: [pods]\n  verbs: [get]\n"
            ),
            (
                "rules:\n- nonResourceURLs: [/metrics, \"/healthz/*\"]\n  verbs: [get, post]\n",
                [.replace([PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics", "/x*", "true"])])],
                "rules:\n- nonResourceURLs: [/metrics, \"/x*\", \"true\"]\n  verbs: [get]\n"
            ),
            ("rules:\n- verbs: [a]\n- verbs: [b]\n", [.replace([]), .keep], "rules:\n- verbs: [b]\n"),
            (
                "rules:\n- verbs: [a] # é ü\n- verbs: [b]\n", [.keep, .keep],
                "rules:\n- verbs: [a] # é ü\n- verbs: [b]\n"
            ),
        ] as [(String, [RBACManifestEdit.RuleChange], String)])
    func `changes rules and leaves the rest as it is`(
        text: String, changes: [RBACManifestEdit.RuleChange], expected: String
    ) throws {
        let ends = text.contains("\r") ? Self.head.replacing("\n", with: "\r\n") : Self.head
        let edited = try RBACManifestEdit.edit(ends + text, .rules(changes), at: Self.place)
        #expect(edited == ends + expected)
    }

    @Test(arguments: [
        ("rules: [{verbs: [a]}]\n", "no list with its items"),
        ("rules: # x\n  [{verbs: [a]}]\n", "no list with its items"),
        ("rules: &a\n- verbs: [a]\n", "no list with its items"), ("rules:\n- &a\n  verbs: [a]\n", "an anchor"),
        ("rules:\n- verbs: &a [a]\n", "an anchor"), ("x: &a\n- b\nrules:\n- verbs: *a\n", "an alias"),
        ("x: &a {verbs: [b]}\nrules:\n- *a\n", "an alias"),
        ("x: &a [{verbs: [b]}]\nrules: *a\n", "no list with its items"),
        ("x: &a {verbs: [b]}\nrules:\n- <<: *a\n", "merge key"), ("rules:\n- verbs: [!!str a]\n", "a tag"),
        ("rules:\n- verbs: [a]\t# x\n", "tabs"), ("rules:\n- verbs:\n  - |\n    a\n", "several lines"),
        ("rules:\n- verbs: [a]\nx: '{{ y }}'\n", "template"),
        ("rules:\n- verbs: [a]\nrules: []\n", "a key stands twice"),
        ("rules:\n- verbs: [a]\n  verbs: [b]\n", "a key stands twice"), ("rules:\n- verbs: [a\n", "not YAML"),
        ("rules:\n- verbs: [a]\nx: \"a\u{2028} b\"\n", "lines that end"),
        ("x: \"a\rb\"\nrules:\n- verbs: [a]\n", "lines that end"),
        ("? rules\n: - verbs: [a]\n", "no list with its items"), ("x: y\n", "it has no rules"), ("rules:\n", "no list"),
        ("rules: []\n", "no list with its items"), ("rules:\n- a\n", "a rule is no map"),
        ("rules:\n- verbs: [a]\n  other: [b]\n", "unknown key 'other'"), ("rules:\n- verbs: a\n", "no list of strings"),
        ("rules:\n- verbs: [1]\n", "no list of strings"), ("rules:\n- verbs: [{a: b}]\n", "no list of strings"),
        ("rules:\n- verbs: [\n  a, # why\n  b]\n", "has comments"),
    ])
    func `refuses what it cannot edit for certain`(text: String, why: String) {
        do {
            let edited = try RBACManifestEdit.edit(
                Self.head + text, .rules([.replace([Self.pods])]), at: Self.place)
            Issue.record("edited to \(edited)")
        } catch {
            #expect(error.code == .uneditableManifest)
            #expect(error.message.contains(why) && error.message.contains("a.yaml"), "\(error)")
        }
    }

    @Test func `refuses JSON and what Leastwise wrote`() {
        let json =
            #"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": []}"#
        let own = GeneratedFile(path: "a.yaml", comment: "ours", body: Self.head + "rules:\n- verbs: [a]\n").contents
        for text in [json, own, own.replacing("[a]", with: "[b]"), "--- \(json)\n"] {
            #expect(throws: LayoutError.self) {
                try RBACManifestEdit.edit(text, .rules([.remove]), at: Self.place)
            }
        }
    }

    @Test(
        arguments: [
            ("apiVersion: v1\nkind: Role\nmetadata: {name: r}\nrules:\n- verbs: [a]\n", 0, nil),
            (head.replacing("name: r", with: "name: s") + "rules:\n- verbs: [a]\n", 0, nil),
            (head + "rules:\n- verbs: [a]\n- verbs: [b]\n", 0, nil), (head + "rules:\n- verbs: [a]\n", 1, nil),
            (head + "rules:\n- verbs: [a]\n", 0, 0),
        ] as [(String, Int, Int?)])
    func `notices that an object is no longer the one it was`(text: String, document: Int, item: Int?) {
        let place = RBACManifest(
            path: "a.yaml", document: document, item: item, kind: .role, namespace: Namespace("shop"), name: "r")
        do {
            _ = try RBACManifestEdit.edit(text, .rules([.remove]), at: place)
            Issue.record("edited")
        } catch { #expect(error.code == .changedManifest) }
    }

    @Test func `edits an item of a List`() throws {
        let text = """
            kind: List
            apiVersion: v1
            items:
              # first
              - apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: r}
                rules:
                - verbs: [a]
              # second
              - apiVersion: rbac.authorization.k8s.io/v1
                rules:
                  - verbs: [a, b]
                  # more
                kind: Role
                metadata: {name: r}
            metadata: {}

            """
        var place = RBACManifest(
            path: "a.yaml", document: 0, item: 0, kind: .role, namespace: Namespace("shop"), name: "r")
        let first = try RBACManifestEdit.edit(text, .rules([.remove]), at: place)
        #expect(first == text.replacing("rules:\n    - verbs: [a]\n", with: "rules: []\n"))
        place = RBACManifest(
            path: "a.yaml", document: 0, item: 1, kind: .role, namespace: Namespace("shop"), name: "r")
        let second = try RBACManifestEdit.edit(text, .rules([.replace([PolicyRule(verbs: ["b"])])]), at: place)
        #expect(second == text.replacing("[a, b]", with: "[b]"))
        #expect(throws: LayoutError.self) { try RBACManifestEdit.edit(text, .removeDocument, at: place) }
    }
}
