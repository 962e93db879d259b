import FoundationEssentials
import HTTPTransport
import Yams

/// Several kubeconfigs as one: the first file that has a name wins (Kubernetes documentation, "Organizing Cluster Access
/// Using kubeconfig Files", "Merging kubeconfig files").
struct Kubeconfig {
    /// An entry with the file that it stands in.
    struct Entry<Value> {
        let value: Value
        let file: String

        /// Paths in a kubeconfig are relative to its folder.
        func path(_ path: String) -> String {
            guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
            return String(file[...slash]) + path
        }
    }

    private let files: [String]
    private var current: String?
    private var clusters: [String: Entry<KubeconfigCluster>] = [:]
    private var users: [String: Entry<KubeconfigUser>] = [:]
    private var contexts: [String: Entry<KubeconfigContext>] = [:]

    /// Reads and merges the files; of several, those that are missing are passed over.
    init(reading paths: [String]) throws(KubernetesError) {
        files = paths
        for path in paths where paths.count == 1 || FileManager.default.fileExists(atPath: path) {
            merge(try Self.parse(path), path)
        }
    }

    private mutating func merge(_ file: KubeconfigFile, _ path: String) {
        if current?.isEmpty ?? true { current = file.currentContext }
        for entry in file.clusters ?? [] where clusters[entry.name] == nil {
            clusters[entry.name] = entry.cluster.map { Entry(value: $0, file: path) }
        }
        for entry in file.users ?? [] where users[entry.name] == nil {
            users[entry.name] = entry.user.map { Entry(value: $0, file: path) }
        }
        for entry in file.contexts ?? [] where contexts[entry.name] == nil {
            contexts[entry.name] = entry.context.map { Entry(value: $0, file: path) }
        }
    }

    private static func parse(_ path: String) throws(KubernetesError) -> KubeconfigFile {
        let text = String(decoding: try CredentialFile.bytes(path), as: UTF8.self)
        do {
            return try YAMLDecoder().decode(KubeconfigFile.self, from: text)
        } catch {
            // Neither error says more: both quote the file, which holds secrets.
            throw KubernetesError(
                code: .badKubeconfig, message: "\(path) is no kubeconfig\(place(of: error))",
                hint: "see what `kubectl config view --kubeconfig \(path)` says")
        }
    }

    private static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "" }
        let context: DecodingError.Context? =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: nil
            }
        let keys = context?.codingPath.map(\.stringValue) ?? []
        return keys.isEmpty ? "" : ": \(keys.joined(separator: "."))"
    }

    /// The way to the cluster of a context; nil for the current one.
    func access(context name: String?) throws(KubernetesError) -> KubernetesAccess {
        guard let name = name ?? current, !name.isEmpty else {
            throw bad("no context is chosen", "name one, or set it with `kubectl config use-context`")
        }
        let context = try entry(name, contexts, "context").value
        let cluster = try entry(context.cluster ?? "", clusters, "cluster")
        var access = try KubernetesAccess(cluster, origin: "\(cluster.file), context \(name)")
        if let namespace = context.namespace, !namespace.isEmpty { access.namespace = namespace }
        guard let user = context.user, !user.isEmpty else { return access }
        try access.setUser(entry(user, users, "user"), cluster: cluster.value)
        return access
    }

    private func entry<Value>(
        _ name: String, _ table: [String: Entry<Value>], _ what: String
    ) throws(KubernetesError) -> Entry<Value> {
        guard let found = table[name] else {
            let known = table.keys.sorted().prefix(10).joined(separator: ", ")
            throw bad("there is no \(what) '\(name)'", "it has: \(known.isEmpty ? "none" : known)")
        }
        return found
    }

    private func bad(_ problem: String, _ hint: String) -> KubernetesError {
        KubernetesError(
            code: .badKubeconfig, message: "\(files.joined(separator: ":")): \(problem)", hint: hint)
    }
}
