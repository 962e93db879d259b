package import Domain

/// Why an item of a dump cannot be used.
struct ObjectFailure: Error {
    let kind: Diagnostic.Kind
}

extension Diagnostic.Kind {
    /// A name, namespace, label or kind that no API server would accept.
    package static let invalidName = Diagnostic.Kind(rawValue: "a name or label that Kubernetes does not allow")
}

/// Which object an item of a dump is.
struct ObjectIdentity {
    /// The group and the kind, as in `apps/Deployment` or `core/Pod`.
    let kind: String
    private let namespace: String
    private let name: String

    private static let head = Shape.object([
        "kind": .text, "apiVersion": .text, "metadata": .object(["name": .text, "namespace": .text]),
    ])

    init(_ bytes: [UInt8], in range: Range<Int>, inherited: ItemKind?) throws(ObjectFailure) {
        let head = try Self.value(Self.head, bytes, in: range)
        guard let kindName = head["kind"]?.text ?? inherited?.kind,
            let version = head["apiVersion"]?.text ?? inherited?.apiVersion,
            let name = head["metadata"]?["name"]?.text, !name.isEmpty
        else { throw ObjectFailure(kind: .missingField) }
        let group = version.contains("/") ? String(version.prefix { $0 != "/" }) : "core"
        guard ObjectName.isKind(kindName), ObjectName.isKind(group) else { throw ObjectFailure(kind: .invalidName) }
        kind = "\(group)/\(kindName)"
        namespace = head["metadata"]?["namespace"]?.text ?? ""
        self.name = name
    }

    /// What to keep of the object; nil if nobody needs its kind.
    func neededKind(_ bytes: [UInt8], in range: Range<Int>) throws(ObjectFailure) -> ObjectKind? {
        if let known = ObjectKind.known[kind] { return known }
        var scanner = JSONScanner(bytes, in: range)
        // Other objects may have members of these names with other types; they are no workloads.
        guard let test = try? scanner.read(ObjectKind.customWorkloadTest), let spec = test["spec"],
            spec["selector"] != nil, let containers = spec["template"]?["spec"]?["containers"],
            !containers.elements.isEmpty
        else { return nil }
        return .customWorkload
    }

    /// The object, cut down to what its kind keeps.
    func object(
        cluster: ClusterName, kind: ObjectKind, bytes: [UInt8], in range: Range<Int>
    ) throws(ObjectFailure) -> ClusterObject {
        try checkNames(isNamespaced: kind.isNamespaced)
        let value = try Self.value(kind.shape, bytes, in: range)
        guard ObjectName.areLabels(value["metadata"]?["labels"]?.textMap ?? [:]) else {
            throw ObjectFailure(kind: .invalidName)
        }
        return ClusterObject(
            cluster: cluster, kind: self.kind, namespace: Namespace(kind.isNamespaced ? namespace : ""), name: name,
            body: value.canonicalBytes)
    }

    /// Under which name the object is stored.
    func key(isNamespaced: Bool) -> ClusterObject.Key {
        ClusterObject.Key(kind: kind, namespace: Namespace(isNamespaced ? namespace : ""), name: name)
    }

    private func checkNames(isNamespaced: Bool) throws(ObjectFailure) {
        if isNamespaced, namespace.isEmpty { throw ObjectFailure(kind: .missingField) }
        let isRBAC = kind.hasPrefix("rbac.authorization.k8s.io/")
        guard isRBAC ? ObjectName.isPathSegment(name) : ObjectName.isSubdomain(name),
            !isNamespaced || ObjectName.isNamespace(namespace)
        else { throw ObjectFailure(kind: .invalidName) }
    }

    private static func value(
        _ shape: Shape, _ bytes: [UInt8], in range: Range<Int>
    ) throws(ObjectFailure) -> JSONValue {
        var scanner = JSONScanner(bytes, in: range)
        do throws(JSONFailure) {
            let value = try scanner.read(shape)
            guard case .object = value else { throw JSONFailure.wrongType }
            guard scanner.peek() == nil else { throw JSONFailure.notJSON }
            return value
        } catch {
            throw ObjectFailure(kind: error.kind)
        }
    }
}

extension ObjectIdentity: CustomStringConvertible {
    /// `apps/Deployment shop/web`, at most 80 characters, without control characters.
    var description: String {
        let text = namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)"
        let safe = text.unicodeScalars.prefix(80).map { scalar in
            scalar.value < 0x20 || scalar.properties.generalCategory == .control ? "?" : String(scalar)
        }
        return String(safe.joined().prefix(80))
    }
}
