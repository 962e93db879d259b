import Domain
import Foundation
import Yams

/// A Kubernetes object as parsed from YAML or JSON, read into the domain's types.
struct Manifest {
    let fields: [String: Any]

    init(_ any: Any?) { fields = any as? [String: Any] ?? [:] }

    /// All objects of a YAML file, items of lists included.
    static func load(_ url: URL) throws -> [Manifest] {
        let documents = try Yams.load_all(yaml: String(contentsOf: url, encoding: .utf8))
        return documents.map(Manifest.init).flatMap { $0.fields["items"] == nil ? [$0] : $0.list("items") }
    }

    subscript(_ key: String) -> Manifest { Manifest(fields[key]) }

    func text(_ key: String) -> String { fields[key] as? String ?? "" }
    func list(_ key: String) -> [Manifest] { (fields[key] as? [Any] ?? []).map(Manifest.init) }
    func texts(_ key: String) -> [String] { fields[key] as? [String] ?? [] }
    func labels(_ key: String) -> Labels { fields[key] as? Labels ?? [:] }

    var namespace: Namespace { Namespace(self["metadata"].text("namespace")) }
    var name: String { self["metadata"].text("name") }

    func selector(_ key: String) -> LabelSelector? {
        guard fields[key] is [String: Any] else { return nil }
        return self[key].asSelector
    }

    var asSelector: LabelSelector {
        LabelSelector(
            matchLabels: labels("matchLabels"),
            matchExpressions: list("matchExpressions").map {
                .init(
                    key: $0.text("key"), operator: .init(rawValue: $0.text("operator")) ?? .exists,
                    values: $0.texts("values"))
            })
    }
}

extension Manifest {
    var asNetworkPolicy: NetworkPolicy {
        let spec = self["spec"]
        return NetworkPolicy(
            namespace: namespace, name: name, podSelector: spec.selector("podSelector") ?? LabelSelector(),
            policyTypes: spec.texts("policyTypes").compactMap(NetworkPolicy.PolicyType.init),
            ingress: spec.list("ingress").map { $0.asRule(peers: "from") },
            egress: spec.list("egress").map { $0.asRule(peers: "to") })
    }

    private func asRule(peers: String) -> NetworkPolicy.Rule {
        NetworkPolicy.Rule(peers: list(peers).compactMap(\.asPeer), ports: list("ports").map(\.asPort))
    }

    private var asPeer: NetworkPolicy.Peer? {
        guard fields["ipBlock"] != nil else {
            return .pods(podSelector: selector("podSelector"), namespaceSelector: selector("namespaceSelector"))
        }
        return CIDR(self["ipBlock"].text("cidr")).map {
            .ipBlock($0, except: self["ipBlock"].texts("except").compactMap { CIDR($0) })
        }
    }

    private var asPort: NetworkPolicy.PolicyPort {
        let number = (fields["port"] as? Int).map { NetworkPolicy.PortValue.number(Port(UInt16($0))) }
        return NetworkPolicy.PolicyPort(
            protocol: NetworkProtocol(name: text("protocol")) ?? .tcp,
            port: number ?? (fields["port"] as? String).map(NetworkPolicy.PortValue.name),
            endPort: (fields["endPort"] as? Int).map { Port(UInt16($0)) })
    }
}

extension Manifest {
    static func grants(_ manifests: [Manifest]) -> AccessGrants {
        AccessGrants(
            roles: manifests.filter { $0.text("kind").hasSuffix("Role") }.map(\.asRole),
            bindings: manifests.filter { $0.text("kind").hasSuffix("RoleBinding") }.map(\.asBinding))
    }

    var asRole: Role {
        Role(
            namespace: namespace, name: name, labels: self["metadata"].labels("labels"),
            rules: list("rules").map {
                PolicyRule(
                    verbs: $0.texts("verbs"), apiGroups: $0.texts("apiGroups"), resources: $0.texts("resources"),
                    resourceNames: $0.texts("resourceNames"), nonResourceURLs: $0.texts("nonResourceURLs"))
            },
            aggregation: self["aggregationRule"].list("clusterRoleSelectors").map(\.asSelector))
    }

    var asBinding: RoleBinding {
        RoleBinding(
            namespace: namespace, name: name,
            role: .init(
                isClusterRole: self["roleRef"].text("kind") == "ClusterRole", name: self["roleRef"].text("name")),
            subjects: list("subjects").compactMap { subject in
                Subject.Kind(rawValue: subject.text("kind")).map {
                    Subject(kind: $0, namespace: Namespace(subject.text("namespace")), name: subject.text("name"))
                }
            })
    }
}
