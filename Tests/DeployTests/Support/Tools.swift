import Foundation
import ScriptedServers

/// The tools that render and check: those of `make setup-deploy-tools`, or else of the search path.
enum Tools {
    private static let folder = ScriptedServer.root.appending(path: ".build/deploy-tools")

    /// The command of kubectl; nil where it is not there or does not run.
    static let kubectl = runnable("kubectl", ["version", "--client"])
    static let helm = runnable("helm", ["version"])
    static let systemdAnalyze = runnable("systemd-analyze", ["--version"])

    /// Where Kubernetes' schemas are, of one version each.
    static let schemas: [String] = {
        let versions = folder.appending(path: "schemas")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: versions.path)) ?? []
        guard (try? ScriptedServer.run(["python3", "-c", "import jsonschema, referencing, yaml"]).status) == 0 else {
            return []
        }
        return names.sorted().map { versions.appending(path: $0).path }
    }()

    private static func runnable(_ name: String, _ arguments: [String]) -> String? {
        for command in [folder.appending(path: "bin/\(name)").path, name]
        where (try? ScriptedServer.run([command] + arguments).status) == 0 {
            return command
        }
        return nil
    }
}

/// A file or folder of the repository.
enum Repository {
    static func path(_ path: String) -> String { ScriptedServer.root.appending(path: path).path }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: ScriptedServer.root.appending(path: path), encoding: .utf8)
    }
}
