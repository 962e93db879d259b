/// A Service port that the API server calls because an object in the cluster says so.
///
/// From webhook configurations, conversion webhooks of CustomResourceDefinitions, and APIServices. Such calls are rare
/// and come from the API server's own address, so that the declaration is often the only evidence.
package struct WebhookTarget: Hashable, Sendable {
    package let namespace: Namespace
    package let service: String
    /// The Service's port; 443 where the object leaves it out.
    package let port: Port
    /// The kind and the name of the object that declares it, such as `ValidatingWebhookConfiguration/policy`.
    package let declaredBy: String

    package init(namespace: Namespace, service: String, port: Port, declaredBy: String) {
        self.namespace = namespace
        self.service = service
        self.port = port
        self.declaredBy = declaredBy
    }
}

extension WebhookTarget: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.service, left.port, left.declaredBy)
            < (right.namespace, right.service, right.port, right.declaredBy)
    }
}
