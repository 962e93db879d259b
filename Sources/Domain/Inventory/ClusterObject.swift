/// One Kubernetes object as the store keeps it: its identity, and the fields that learning needs, as JSON.
///
/// Secrets' data, environment variables and other values that nobody needs here are cut away before this value exists.
package struct ClusterObject: Hashable, Sendable {
    package let cluster: ClusterName
    /// The group and the kind, as in `apps/Deployment` or `core/Pod`; the version is left out.
    package let kind: String
    package let namespace: Namespace
    package let name: String
    /// UTF-8 JSON with sorted keys: equal objects have equal bytes.
    package let body: [UInt8]

    package init(cluster: ClusterName, kind: String, namespace: Namespace, name: String, body: [UInt8]) {
        self.cluster = cluster
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.body = body
    }
}
