import Domain
import Foundation
import Rendering
import Testing
import Yams

@Suite struct ManifestRendererTests {
    @Test func `writes a NetworkPolicy`() throws {
        let policy = NetworkPolicy(
            namespace: Namespace("shop"), name: "web", labels: ["b": "true", "a": "1"], annotations: ["note": "x: y"],
            podSelector: LabelSelector(matchLabels: ["app": "web"]), policyTypes: [.ingress, .egress],
            ingress: [
                .init(
                    peers: [
                        .pods(podSelector: LabelSelector(matchLabels: ["app": "api"]), namespaceSelector: nil),
                        .pods(
                            podSelector: LabelSelector(),
                            namespaceSelector: LabelSelector(
                                matchExpressions: [
                                    .init(key: "team", operator: .in, values: ["no", "2"]),
                                    .init(key: "x", operator: .exists),
                                ])),
                    ],
                    ports: [
                        .init(protocol: .tcp, port: .number(Port(8080))), .init(protocol: .udp, port: .name("dns")),
                    ])
            ],
            egress: [
                .init(
                    peers: [try .ipBlock(Self.cidr("10.0.0.0/8"), except: [Self.cidr("10.1.0.0/16")])],
                    ports: [.init(protocol: .tcp, port: .number(Port(100)), endPort: Port(200))]),
                .init(peers: [], ports: []),
            ])
        try expect(
            ManifestRenderer.document(policy),
            """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
             "metadata": {"name": "web", "namespace": "shop", "labels": {"a": "1", "b": "true"},
                          "annotations": {"note": "x: y"}},
             "spec": {
               "podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress", "Egress"],
               "ingress": [{"from": [
                   {"podSelector": {"matchLabels": {"app": "api"}}},
                   {"podSelector": {}, "namespaceSelector": {"matchExpressions": [
                       {"key": "team", "operator": "In", "values": ["no", "2"]}, {"key": "x", "operator": "Exists"}]}}],
                 "ports": [{"protocol": "TCP", "port": 8080}, {"protocol": "UDP", "port": "dns"}]}],
               "egress": [
                 {"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}],
                  "ports": [{"protocol": "TCP", "port": 100, "endPort": 200}]},
                 {}]}}
            """)
    }

    @Test func `writes an isolated direction without rules as one that denies`() throws {
        let policy = NetworkPolicy(
            namespace: Namespace("shop"), name: "deny", podSelector: LabelSelector(), policyTypes: [.ingress])
        try expect(
            ManifestRenderer.document(policy),
            """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
             "metadata": {"name": "deny", "namespace": "shop"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}
            """)
    }

    @Test(arguments: [("shop", "Role"), ("", "ClusterRole")])
    func `writes a role`(namespace: String, kind: String) throws {
        let role = Role(
            namespace: Namespace(namespace), name: "reader", labels: ["x": "y"],
            rules: [
                PolicyRule(verbs: ["get"], apiGroups: ["", "apps"], resources: ["pods/log"], resourceNames: ["on"]),
                PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"]),
            ])
        let place = namespace.isEmpty ? "" : "\"namespace\": \"\(namespace)\","
        try expect(
            ManifestRenderer.document(role),
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "\(kind)",
             "metadata": {\(place) "name": "reader", "labels": {"x": "y"}},
             "rules": [
               {"verbs": ["get"], "apiGroups": ["", "apps"], "resources": ["pods/log"], "resourceNames": ["on"]},
               {"verbs": ["get"], "nonResourceURLs": ["/metrics"]}]}
            """)
    }

    @Test func `writes a role without rules with an empty list`() throws {
        let role = Role(namespace: Namespace("shop"), name: "none", rules: [])
        try expect(
            ManifestRenderer.document(role),
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
             "metadata": {"namespace": "shop", "name": "none"}, "rules": []}
            """)
    }

    @Test func `writes what a ClusterRole aggregates`() throws {
        let role = Role(
            namespace: .clusterScope, name: "view", rules: [],
            aggregation: [LabelSelector(matchLabels: ["rbac.example.com/view": "true"])])
        try expect(
            ManifestRenderer.document(role),
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "view"},
             "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"rbac.example.com/view": "true"}}]},
             "rules": []}
            """)
    }

    @Test(arguments: [("shop", "RoleBinding"), ("", "ClusterRoleBinding")], [true, false])
    func `writes a binding`(kind: (String, String), toClusterRole: Bool) throws {
        let binding = RoleBinding(
            namespace: Namespace(kind.0), name: "b", role: .init(isClusterRole: toClusterRole, name: "r"),
            subjects: [
                Subject(kind: .serviceAccount, namespace: Namespace("ci"), name: "deploy"),
                Subject(kind: .user, name: "system:node:n1"), Subject(kind: .group, name: "system:masters"),
            ])
        let place = kind.0.isEmpty ? "" : "\"namespace\": \"\(kind.0)\","
        let group = "rbac.authorization.k8s.io"
        try expect(
            ManifestRenderer.document(binding),
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "\(kind.1)", "metadata": {\(place) "name": "b"},
             "roleRef": {"apiGroup": "\(group)", "kind": "\(toClusterRole ? "ClusterRole" : "Role")", "name": "r"},
             "subjects": [
               {"kind": "ServiceAccount", "namespace": "ci", "name": "deploy"},
               {"kind": "User", "apiGroup": "\(group)", "name": "system:node:n1"},
               {"kind": "Group", "apiGroup": "\(group)", "name": "system:masters"}]}
            """)
    }

    @Test func `writes a file of several documents under one comment line`() throws {
        let text = ManifestRenderer.file(
            comment: "by hand\n- injected: true\r\u{2028}\u{85}x",
            documents: [.fields(["a": .integer(1)]), .fields(["b": .integer(2)])])
        #expect(text.hasPrefix("# by hand"))
        let documents = try Array(Yams.load_all(yaml: text)).compactMap { $0 as? [String: Int] }
        #expect(documents == [["a": 1], ["b": 2]])
    }

    @Test func `writes no field that belongs to the API server`() {
        let policy = NetworkPolicy(
            namespace: Namespace("a"), name: "b", podSelector: LabelSelector(), policyTypes: [.egress])
        let role = Role(namespace: .clusterScope, name: "c", rules: [])
        let text = ManifestRenderer.document(policy).text + ManifestRenderer.document(role).text
        for field in ["status", "creationTimestamp", "uid", "resourceVersion", "generation", "managedFields", "null"] {
            #expect(!text.contains(field))
        }
    }

    private static func cidr(_ text: String) throws -> CIDR { try #require(CIDR(text)) }

    /// Holds the document, parsed back, against JSON of the same content.
    private func expect(
        _ document: YAMLValue, _ json: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let loaded = try #require(try Yams.load(yaml: document.text) as? [String: Any])
        let expected = try JSONSerialization.jsonObject(with: Data(json.utf8))
        #expect(try Self.canonical(loaded) == Self.canonical(expected), sourceLocation: sourceLocation)
    }

    private static func canonical(_ value: Any) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
