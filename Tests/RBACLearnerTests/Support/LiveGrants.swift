import Domain
import Foundation

/// Roles and bindings of a `kubectl get -o json` list.
enum LiveGrants {
    static func read(_ url: URL) throws -> AccessGrants {
        let list = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        return read(list?["items"] as? [[String: Any]] ?? [])
    }

    static func read(_ objects: [[String: Any]]) -> AccessGrants {
        var grants = AccessGrants()
        for object in objects {
            guard let kind = object["kind"] as? String, let metadata = object["metadata"] as? [String: Any],
                let name = metadata["name"] as? String
            else { continue }
            let namespace = Namespace(metadata["namespace"] as? String ?? "")
            let labels = metadata["labels"] as? [String: String] ?? [:]
            switch kind {
            case "Role", "ClusterRole":
                let rules = (object["rules"] as? [[String: [String]]] ?? []).map(rule)
                grants.roles.append(Role(namespace: namespace, name: name, labels: labels, rules: rules))
            case "RoleBinding", "ClusterRoleBinding":
                let reference = object["roleRef"] as? [String: String] ?? [:]
                grants.bindings.append(
                    RoleBinding(
                        namespace: namespace, name: name, labels: labels,
                        role: .init(isClusterRole: reference["kind"] == "ClusterRole", name: reference["name"] ?? ""),
                        subjects: (object["subjects"] as? [[String: String]] ?? []).compactMap(subject)))
            default: break
            }
        }
        return grants
    }

    private static func rule(_ rule: [String: [String]]) -> PolicyRule {
        PolicyRule(
            verbs: rule["verbs"] ?? [], apiGroups: rule["apiGroups"] ?? [], resources: rule["resources"] ?? [],
            resourceNames: rule["resourceNames"] ?? [], nonResourceURLs: rule["nonResourceURLs"] ?? [])
    }

    private static func subject(_ subject: [String: String]) -> Subject? {
        Subject.Kind(rawValue: subject["kind"] ?? "").map {
            Subject(kind: $0, namespace: Namespace(subject["namespace"] ?? ""), name: subject["name"] ?? "")
        }
    }
}
