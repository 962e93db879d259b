/// The name that a Leastwise installation gives to one Kubernetes cluster; part of every key, so that one store serves several.
package struct ClusterName: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A Kubernetes namespace's name; the empty name means the cluster scope.
package struct Namespace: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The scope of cluster-wide objects and requests.
    package static let clusterScope = Namespace("")
}

/// Labels of an object, as Kubernetes has them. Sort the keys before anything of them reaches an output.
package typealias Labels = [String: String]
