import Domain
import Foundation

/// The schemas by which API servers check network policies, roles and bindings, and the check itself.
enum PolicySchemas {
    private static let folder = Fixtures.gathered("fixtures/schemas")
    private static let versions = ["v1.30.0", "v1.33.0", "v1.37.0"]
    private static let script = Fixtures.packageRoot.appending(path: "Tests/Support/check-schema.py")

    /// The newest and the oldest of Kubernetes, and the custom resources'.
    static func of(_ dialect: PolicyDialect) -> [URL] {
        let paths =
            switch dialect {
            case .kubernetes:
                versions.map { "kubernetes/\($0)-local-strict/networkpolicy-networking-v1.json" }
            case .cilium: ["crds/cilium.io/ciliumnetworkpolicy_v2.json"]
            case .calico: ["crds/projectcalico.org/networkpolicy_v3.json"]
            case .calicoStaged: ["crds/projectcalico.org/stagednetworkpolicy_v3.json"]
            }
        return paths.map { folder.appending(path: $0) }
    }

    static let accessKinds = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]

    /// The newest and the oldest of Kubernetes for a kind of RBAC.
    static func of(accessKind kind: String) -> [URL] {
        versions.map { folder.appending(path: "kubernetes/\($0)-local-strict/\(kind.lowercased())-rbac-v1.json") }
    }

    static let canCheck: Bool = {
        let files = PolicyDialect.allCases.flatMap(of) + accessKinds.flatMap(of(accessKind:))
        return files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
            && (try? Program.python(["-c", "import jsonschema, referencing, yaml"]).status) == 0
    }()

    /// Status 0 and the number of documents if all of them fit, 1 and the first fault if one does not.
    static func check(_ file: URL, against schema: URL) throws -> Program.Outcome {
        try Program.python([script.path, schema.path, file.path])
    }
}
