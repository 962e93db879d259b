import Layout
import Testing

/// Which files more than one overlay, cluster or GitOps object applies.
struct DeliveriesTests {
    private static func flux(_ path: String) -> String {
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: \(path)}\n"
    }

    private static func list(_ resources: String...) -> String {
        "resources:\n" + resources.map { "- \($0)\n" }.joined()
    }

    @Test(arguments: [
        ([:], false),
        (["base/kustomization.yaml": list("role.yaml")], false),
        (["base/kustomization.yaml": list("role.yaml"), "a/kustomization.yaml": list("../base")], false),
        (
            [
                "base/kustomization.yaml": list("role.yaml"), "a/kustomization.yaml": list("../base/"),
                "b/kustomization.yml": "components:\n- ../base\n",
            ], true
        ),
        (["a/kustomization.yaml": list("../base/role.yaml"), "b/Kustomization": list("./../base/role.yaml")], true),
        (
            ["a/kustomization.yaml": list("../base/role.yaml"), "b/kustomization.yaml": list("../../base/role.yaml")],
            false
        ),
        (["a/kustomization.yaml": list("../base"), "base/kustomization.yaml": list("role.yaml", "../a")], false),
        (["x.yaml": flux("./base")], false), (["x.yaml": flux("./base"), "y.yaml": flux("base/")], true),
        (["x.yaml": flux("./base") + "---\n" + flux("./")], true),
        (["x.yaml": flux("./other"), "y.yaml": flux("./base")], false),
        (
            [
                "x.yaml": flux("a"), "y.yaml": flux("b"), "a/kustomization.yaml": list("../base/role.yaml"),
                "b/kustomization.yaml": list("../base/role.yaml"),
            ], true
        ),
        (["x.yaml": flux("base"), "base/kustomization.yaml": list("role.yaml")], false),
        (["x.yaml": "kind: Kustomization\n  broken: [", "base/kustomization.yaml": "- :\n  }"], false),
    ])
    func `tells what is shared`(_ files: [String: String], _ isShared: Bool) {
        let tree = RepositoryTree(files: files.mapValues { Array($0.utf8) })
        #expect(Deliveries(tree).share("base/role.yaml") == isShared, "\(files)")
        #expect(!Deliveries(tree).share("elsewhere/role.yaml"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `many overlays of many bases cost their lists`() {
        var files: [String: String] = [:]
        for number in 0..<4_000 {
            files["overlay\(number)/kustomization.yaml"] = Self.list("../base0")
            files["base\(number)/kustomization.yaml"] = Self.list("role.yaml", "../base\(number + 1)")
        }
        let deliveries = Deliveries(RepositoryTree(files: files.mapValues { Array($0.utf8) }))
        #expect(deliveries.share("base3999/role.yaml"))
    }
}
