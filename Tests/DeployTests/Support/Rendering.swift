import Foundation
import ScriptedServers
import Testing

/// The two forms in which the objects are shipped.
enum Rendering: String, CaseIterable, Sendable {
    case kustomize, helm

    /// Those whose tool is here.
    static let available = allCases.filter { $0.tool != nil }

    private var tool: String? {
        switch self {
        case .kustomize: Tools.kubectl
        case .helm: Tools.helm
        }
    }

    struct Failure: Error {
        let output: String
    }

    /// The objects as they reach the cluster.
    ///
    /// - Parameter values: for Helm's `--set-json`, beside the chart's own.
    func yaml(values: [String] = [], release: String = "leastwise", namespace: String = "leastwise") throws -> String {
        let tool = try #require(tool)
        let command =
            switch self {
            case .kustomize: [tool, "kustomize", Repository.path("deploy/kubernetes")]
            case .helm:
                [tool, "template", release, Repository.path("deploy/helm/leastwise"), "--namespace", namespace]
                    + values.flatMap { ["--set-json", $0] }
            }
        let outcome = try ScriptedServer.run(command)
        guard outcome.status == 0 else { throw Failure(output: outcome.output) }
        return outcome.output
    }

    func objects(values: [String] = [], release: String = "leastwise", namespace: String = "leastwise") throws
        -> Objects
    {
        Objects(all: try Fields.documents(yaml(values: values, release: release, namespace: namespace)))
    }
}

/// The objects of a rendering.
struct Objects {
    let all: [Fields]

    subscript(_ kind: String) -> Fields { all.first { $0["kind"].text == kind } ?? Fields(nil) }

    var pod: Fields { self["StatefulSet"][path: "spec", "template", "spec"] }
    var container: Fields { pod["containers"].named("leastwise") }
    /// The program's configuration file.
    var configuration: String { self["ConfigMap"][path: "data", "leastwise.yaml"].text ?? "" }
}
