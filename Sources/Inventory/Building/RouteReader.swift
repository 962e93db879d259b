import Domain

/// Finds the Services to which Ingresses, Gateway API routes and OpenShift Routes send outside traffic.
enum RouteReader {
    static func targets(of object: ParsedObject) -> [ObjectKey] {
        let spec = object.body["spec"] ?? .null
        switch object.kind {
        case "networking.k8s.io/Ingress", "extensions/Ingress":
            let paths = spec.items("rules").flatMap { $0["http"]?.items("paths") ?? [] }
            let backends = [spec["defaultBackend"], spec["backend"]] + paths.map { $0["backend"] }
            return backends.compactMap { $0?["service"]?["name"]?.text ?? $0?["serviceName"]?.text }
                .map { ObjectKey(object.namespace, $0) }
        case "route.openshift.io/Route":
            let references = [spec["to"] ?? .null] + spec.items("alternateBackends")
            return references.compactMap { target($0, in: object.namespace) }
        default:
            return isForOutsideTraffic(spec) ? gatewayTargets(spec, in: object.namespace) : []
        }
    }

    /// A route whose parents are Services steers traffic inside a mesh (GEP-1426).
    private static func isForOutsideTraffic(_ spec: JSONValue) -> Bool {
        let parents = spec.items("parentRefs")
        return parents.isEmpty || !parents.allSatisfy { $0["kind"]?.text == "Service" }
    }

    private static func gatewayTargets(_ spec: JSONValue, in namespace: Namespace) -> [ObjectKey] {
        spec.items("rules").flatMap { rule in
            let mirrors = rule.items("filters").compactMap { $0["requestMirror"]?["backendRef"] }
            return (rule.items("backendRefs") + mirrors).compactMap { target($0, in: namespace) }
        }
    }

    private static func target(_ reference: JSONValue, in namespace: Namespace) -> ObjectKey? {
        guard let name = reference["name"]?.text, reference["kind"]?.text ?? "Service" == "Service",
            (reference["group"]?.text ?? "").isEmpty
        else { return nil }
        return ObjectKey(reference["namespace"]?.text.map { Namespace($0) } ?? namespace, name)
    }
}
