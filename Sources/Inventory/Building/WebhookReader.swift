import Domain

/// Finds the Services that the API server calls: admission and conversion webhooks, aggregated APIs.
enum WebhookReader {
    static func targets(of object: ParsedObject) throws(Malformed) -> [WebhookTarget] {
        let spec = object.body["spec"]
        let references =
            object.body.items("webhooks").map { $0["clientConfig"]?["service"] } + [
                spec?["conversion"]?["webhook"]?["clientConfig"]?["service"], spec?["service"],
            ]
        var targets: [WebhookTarget] = []
        for reference in references.compactMap(\.self) {
            guard let namespace = reference["namespace"]?.text, let service = reference["name"]?.text else {
                throw Malformed("its service has no name or no namespace")
            }
            targets.append(
                WebhookTarget(
                    namespace: Namespace(namespace), service: service, port: try reference.port("port") ?? Port(443),
                    declaredBy: "\(object.kindName)/\(object.name)"))
        }
        return targets
    }
}
