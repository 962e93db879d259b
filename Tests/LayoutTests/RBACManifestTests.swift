import Domain
import Layout
import Testing

@Suite struct RBACManifestTests {
    private static func object(_ kind: String, _ name: String, _ more: String = "") -> String {
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: \(kind)\nmetadata:\n  name: \(name)\n\(more)"
    }

    private static func locate(_ files: [String: String]) -> [String] {
        RBACManifest.locate(in: RepositoryTree(files: files.mapValues { Array($0.utf8) })).map {
            let item = $0.item.map { "/\($0)" } ?? ""
            return "\($0.path)#\($0.document)\(item) \($0.kind.rawValue) \($0.namespace):\($0.name)"
        }
    }

    @Test func `finds roles and bindings with their namespaces`() {
        let files = [
            "b/rbac.yaml": Self.object("Role", "r", "  namespace: own\n") + "---\n---\nkind: Pod\n---\n"
                + Self.object("ClusterRole", "'c:x'", "  namespace: odd\n"),
            "a/kustomization.yaml": "namespace: shop\n",
            "a/list.yml":
                "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n- apiVersion: rbac.authorization.k8s.io/v1\n"
                + "  kind: RoleBinding\n  metadata: {name: b, namespace: old}\n",
            "a/c.yaml": Self.object("ClusterRoleBinding", "d"), "e.yaml": Self.object("Role", "unplaced"),
        ]
        #expect(
            Self.locate(files) == [
                "a/c.yaml#0 ClusterRoleBinding :d", "a/list.yml#0/1 RoleBinding shop:b", "b/rbac.yaml#0 Role own:r",
                "b/rbac.yaml#3 ClusterRole :c:x", "e.yaml#0 Role :unplaced",
            ])
    }

    @Test func `leaves out what cannot be edited`() {
        let body = Self.object("Role", "r")
        let indented = body.split(separator: "\n").map { "    \($0)\n" }.joined()
        let files = [
            "template.yaml": body + "x: '{{ .Values.x }}'\n", "variable.yaml": Self.object("Role", "${cluster}-r"),
            "ours.yaml": GeneratedFile(path: "ours.yaml", comment: "ours", body: body).contents,
            "json.json": #"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}}"#,
            "broken.yaml": body + "x: [\n", "notes.txt": body,
            "map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  rbac.yaml: |\n\(indented)",
            "flow.yaml":
                "apiVersion: v1\nkind: List\nitems: [{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}}]\n",
            "other.yaml": "apiVersion: example.org/v1\nkind: Role\nmetadata: {name: rbac.authorization.k8s.io}\n",
            "nameless.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {}\n",
        ]
        #expect(Self.locate(files) == [])
        #expect(Self.locate(["plain.yaml": body]) == ["plain.yaml#0 Role :r"])
    }
}
