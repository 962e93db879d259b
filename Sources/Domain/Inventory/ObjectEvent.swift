/// What an item of a listing came to.
package enum ObjectItem: Hashable, Sendable {
    /// An object, cut down to what learning needs.
    case object(ClusterObject)
    /// Nothing is kept of it; the reason is nil where nobody needs it.
    case unusable(ClusterObject.Key?, Diagnostic.Kind?)
}

/// What one line of a watch says (Kubernetes API concepts, "Efficient detection of changes").
package enum ObjectEvent: Hashable, Sendable {
    /// `ADDED` or `MODIFIED`.
    case upsert(ClusterObject)
    /// `DELETED`, or an object of which nothing is kept any more. `last` is its last state, where that can be used.
    case removal(ClusterObject.Key, last: ClusterObject?, reason: Diagnostic.Kind?)
    /// `BOOKMARK`: nothing changed up to the version.
    case bookmark
    /// `ERROR` with the `Status` that the server gives as the reason.
    case failure(code: Int, reason: String, message: String)
    /// No event of a watch.
    case unreadable(Diagnostic.Kind)
}

/// An event with the version that the watch can be taken up from behind it; empty where the event has none.
package struct VersionedEvent: Hashable, Sendable {
    package let event: ObjectEvent
    package let version: String

    package init(_ event: ObjectEvent, version: String) {
        self.event = event
        self.version = version
    }
}
