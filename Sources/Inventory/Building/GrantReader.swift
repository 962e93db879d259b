import Domain

/// Reads roles and bindings.
enum GrantReader {
    static func role(_ object: ParsedObject) throws(Malformed) -> Role {
        var aggregation: [LabelSelector] = []
        for selector in object.body["aggregationRule"]?.items("clusterRoleSelectors") ?? [] {
            aggregation.append(try selector.asLabelSelector())
        }
        let rules = object.body.items("rules").map { rule in
            PolicyRule(
                verbs: rule.texts("verbs"), apiGroups: rule.texts("apiGroups"), resources: rule.texts("resources"),
                resourceNames: rule.texts("resourceNames"), nonResourceURLs: rule.texts("nonResourceURLs"))
        }
        var role = Role(
            namespace: object.namespace, name: object.name,
            labels: try object.body["metadata"]?.labels("labels") ?? [:], rules: rules, aggregation: aggregation)
        role.created = object.created
        return role
    }

    static func binding(_ object: ParsedObject) throws(Malformed) -> RoleBinding {
        guard let kind = object.body["roleRef"]?["kind"]?.text, kind == "Role" || kind == "ClusterRole",
            let role = object.body["roleRef"]?["name"]?.text
        else { throw Malformed("its roleRef is malformed") }
        let isClusterWide = object.namespace == .clusterScope
        guard kind == "ClusterRole" || !isClusterWide else {
            throw Malformed("a ClusterRoleBinding needs a ClusterRole")
        }
        var subjects: [Subject] = []
        for item in object.body.items("subjects") { subjects.append(try subject(item, in: object.namespace)) }
        var binding = RoleBinding(
            namespace: object.namespace, name: object.name,
            labels: try object.body["metadata"]?.labels("labels") ?? [:],
            role: RoleBinding.RoleReference(isClusterRole: kind == "ClusterRole", name: role), subjects: subjects)
        binding.created = object.created
        return binding
    }

    private static func subject(_ item: JSONValue, in namespace: Namespace) throws(Malformed) -> Subject {
        guard let kind = item["kind"]?.text.flatMap(Subject.Kind.init), let name = item["name"]?.text, !name.isEmpty
        else { throw Malformed("a subject is malformed") }
        guard kind == .serviceAccount else { return Subject(kind: kind, name: name) }
        let home = item["namespace"]?.text.map { Namespace($0) } ?? namespace
        guard home != .clusterScope else { throw Malformed("a ServiceAccount subject has no namespace") }
        return Subject(kind: .serviceAccount, namespace: home, name: name)
    }
}
