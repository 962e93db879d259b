/// A kind that is wanted, by group and kind as the store has it (`apps/Deployment`, `core/Pod`).
package struct WantedKind: Sendable, Hashable {
    /// The group and the kind.
    package let name: String
    /// Whether its objects are in namespaces.
    package let isNamespaced: Bool

    /// Makes a wanted kind.
    package init(_ name: String, isNamespaced: Bool) {
        self.name = name
        self.isNamespaced = isNamespaced
    }

    /// The API group; empty for the core group.
    var group: String {
        let group = name.prefix { $0 != "/" }
        return group == "core" ? "" : String(group)
    }

    var kind: String { String(name.drop { $0 != "/" }.dropFirst()) }
}

/// A wanted kind as a server serves it.
package struct WatchedResource: Sendable, Hashable {
    /// The group and the kind, as in `apps/Deployment`.
    package let kind: String
    /// The group and the version, as in `apps/v1`.
    package let apiVersion: String
    /// The plural in paths and rules, as in `deployments`.
    package let resource: String

    init(kind: String, apiVersion: String, resource: String) {
        self.kind = kind
        self.apiVersion = apiVersion
        self.resource = resource
    }

    /// The path of all its objects, in all namespaces.
    var path: String { (apiVersion.contains("/") ? "/apis/" : "/api/") + "\(apiVersion)/\(resource)" }

    /// The rule of a ClusterRole that is missing where the server refuses.
    package var rule: String {
        let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
        return #"{apiGroups: ["\#(group)"], resources: ["\#(resource)"], verbs: ["list", "watch"]}"#
    }
}
