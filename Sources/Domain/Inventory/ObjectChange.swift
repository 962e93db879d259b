extension ClusterObject {
    /// What names one object among those of its cluster.
    package struct Key: Hashable, Sendable {
        /// The group and the kind, as in `apps/Deployment`.
        package let kind: String
        package let namespace: Namespace
        package let name: String

        package init(kind: String, namespace: Namespace, name: String) {
            self.kind = kind
            self.namespace = namespace
            self.name = name
        }
    }

    /// The object's name among those of its cluster.
    package var key: Key { Key(kind: kind, namespace: namespace, name: name) }
}

/// A change of a cluster's objects, as a listing or a watch tells it; changes count in their order.
package struct ObjectChange: Hashable, Sendable {
    /// What changes.
    package enum Action: Hashable, Sendable {
        /// The object is there, in this state.
        case upsert(ClusterObject)
        /// The object is gone.
        case remove(ClusterObject.Key)
        /// A listing of the kind is complete: all objects of it but these are gone.
        case removeOthers(kind: String, kept: Set<ClusterObject.Key>)
    }

    package let action: Action
    /// The last moment at which what was there before is known to have been so still; nil where nobody knows.
    package let knownUntil: Timestamp?

    package init(_ action: Action, knownUntil: Timestamp?) {
        self.action = action
        self.knownUntil = knownUntil
    }
}

/// What an object was, and what it is from now on.
package struct ObjectTransition: Hashable, Sendable {
    package let old: ClusterObject
    /// Nil where the object is gone.
    package let new: ClusterObject?
    /// The last moment at which `old` is known to have been true; nil where nobody knows.
    package let knownUntil: Timestamp?

    package init(old: ClusterObject, new: ClusterObject?, knownUntil: Timestamp?) {
        self.old = old
        self.new = new
        self.knownUntil = knownUntil
    }
}
