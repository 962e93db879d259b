import Domain
import Testing

@testable import Inventory

@Suite struct GrantReaderTests {
    private typealias Cluster = TestCluster
    private static let api = "rbac.authorization.k8s.io/v1"

    @Test func `reads roles with rules, labels and aggregation`() {
        let grants = Cluster.inventory(
            Cluster.object(
                Self.api, "ClusterRole", "system:sum", namespace: nil, metadata: #""labels":{"a":"b"}"#,
                #""aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"x":"y"}}]},"rules":null"#),
            Cluster.object(
                Self.api, "Role", "r",
                #""rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"],"resourceNames":["p"]},"#
                    + #"{"nonResourceURLs":["/metrics"],"verbs":["get"]}]"#)
        ).grants
        #expect(
            grants.roles == [
                Role(
                    namespace: .clusterScope, name: "system:sum", labels: ["a": "b"], rules: [],
                    aggregation: [LabelSelector(matchLabels: ["x": "y"])]),
                Role(
                    namespace: Namespace("shop"), name: "r",
                    rules: [
                        PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"], resourceNames: ["p"]),
                        PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"]),
                    ]),
            ])
    }

    @Test func `reads bindings; a ServiceAccount without a namespace is of the binding's`() {
        let subjects =
            #"[{"kind":"ServiceAccount","name":"a"},{"kind":"ServiceAccount","name":"b","namespace":"ops"},"#
            + #"{"kind":"User","name":"dana","apiGroup":"x"},{"kind":"Group","name":"sre"}]"#
        let bindings = Cluster.inventory(
            Cluster.object(
                Self.api, "RoleBinding", "b", #""roleRef":{"kind":"Role","name":"r"},"subjects":\#(subjects)"#)
        ).grants.bindings
        #expect(
            bindings.map(\.subjects) == [
                [
                    Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "a"),
                    Subject(kind: .serviceAccount, namespace: Namespace("ops"), name: "b"),
                    Subject(kind: .user, name: "dana"), Subject(kind: .group, name: "sre"),
                ]
            ])
        #expect(bindings.map(\.role) == [RoleBinding.RoleReference(isClusterRole: false, name: "r")])
    }

    @Test(arguments: [
        #""roleRef":{"kind":"Role","name":"r"}"#, #""roleRef":{"name":"r"}"#,
        #""roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"a"}]"#,
        #""roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"Robot","name":"a"}]"#,
    ])
    func `drops a malformed ClusterRoleBinding with a note`(members: String) {
        let (inventory, notes) = Cluster.build([
            Cluster.object(Self.api, "ClusterRoleBinding", "b", namespace: nil, members)
        ])
        #expect(inventory.grants.bindings.isEmpty)
        #expect(notes.map(\.object) == ["rbac.authorization.k8s.io/ClusterRoleBinding b"])
    }
}
