package import Domain

/// Reads what the Kubernetes API sends of one kind: items of a listing, and events of a watch.
///
/// What is kept is what `ObjectReader` keeps of a dump, byte for byte.
package struct WatchReader: Sendable {
    private let cluster: ClusterName
    private let kind: String
    private let inherited: ItemKind

    /// - Parameters:
    ///   - kind: the group and the kind that the server was asked for, as in `apps/Deployment`.
    ///   - apiVersion: the group and the version, as in `apps/v1`.
    package init(cluster: ClusterName, kind: String, apiVersion: String) {
        self.cluster = cluster
        self.kind = kind
        inherited = ItemKind(kind: String(kind.drop { $0 != "/" }.dropFirst()), apiVersion: apiVersion)
    }

    /// The kinds that learning needs, by group and kind, and whether their objects are in namespaces.
    package static let kinds: [String: Bool] = ObjectKind.known.mapValues(\.isNamespaced)

    /// Reads an item of a listing, which names neither its kind nor its version where the list is a typed one.
    package func item(_ bytes: [UInt8]) -> ObjectItem {
        read(bytes, in: 0..<bytes.count)
    }

    private static let head = Shape.object([
        "code": .scalar, "reason": .text, "message": .text, "metadata": .object(["resourceVersion": .text]),
    ])

    /// Reads one line of a watch.
    package func event(_ line: [UInt8]) -> VersionedEvent {
        var type = ""
        var range: Range<Int>?
        var scanner = JSONScanner(line)
        do throws(JSONFailure) {
            try scanner.forEachMember { (key, scanner) throws(JSONFailure) in
                switch key {
                case "type": type = try scanner.read(.text).text ?? ""
                case "object": range = try scanner.skipValue()
                default: _ = try scanner.skipValue()
                }
            }
            guard scanner.peek() == nil, let range else { throw JSONFailure.notJSON }
            var object = JSONScanner(line, in: range)
            return event(type, try object.read(Self.head), line, in: range)
        } catch {
            return VersionedEvent(.unreadable(error.kind), version: "")
        }
    }

    private func event(_ type: String, _ head: JSONValue, _ line: [UInt8], in range: Range<Int>) -> VersionedEvent {
        let version = head["metadata"]?["resourceVersion"]?.text ?? ""
        switch type {
        case "BOOKMARK": return VersionedEvent(.bookmark, version: version)
        case "ERROR":
            return VersionedEvent(
                .failure(
                    code: head["code"]?.integer.flatMap { Int(exactly: $0) } ?? 0, reason: head["reason"]?.text ?? "",
                    message: head["message"]?.text ?? ""), version: version)
        case "ADDED", "MODIFIED", "DELETED":
            return VersionedEvent(change(read(line, in: range), isDeleted: type == "DELETED"), version: version)
        default: return VersionedEvent(.unreadable(.notThisSource), version: "")
        }
    }

    private func change(_ item: ObjectItem, isDeleted: Bool) -> ObjectEvent {
        switch item {
        case .object(let object):
            isDeleted ? .removal(object.key, last: object, reason: nil) : .upsert(object)
        case .unusable(let key?, let reason): .removal(key, last: nil, reason: reason)
        case .unusable(nil, let reason): .unreadable(reason ?? .notThisSource)
        }
    }

    private func read(_ bytes: [UInt8], in range: Range<Int>) -> ObjectItem {
        var key: ClusterObject.Key?
        do throws(ObjectFailure) {
            let identity = try ObjectIdentity(bytes, in: range, inherited: inherited)
            // A server that answers with another kind than it was asked for must not change that kind.
            guard identity.kind == kind else { return .unusable(nil, .notThisSource) }
            let known = try identity.neededKind(bytes, in: range)
            key = identity.key(isNamespaced: known?.isNamespaced ?? true)
            guard let known else { return .unusable(key, nil) }
            return .object(try identity.object(cluster: cluster, kind: known, bytes: bytes, in: range))
        } catch {
            return .unusable(key, error.kind)
        }
    }
}
