/// The owner that a policy selects: a Deployment, StatefulSet, DaemonSet, CronJob, or another root owner of pods.
///
/// Pods of a ReplicaSet belong to its Deployment, pods of a Job to its CronJob.
package struct WorkloadID: Hashable, Sendable, Codable {
    package let cluster: ClusterName
    package let namespace: Namespace
    /// The owner's kind as Kubernetes spells it, or `Pods` for a group known by its labels alone.
    package let kind: String
    package let name: String

    package init(cluster: ClusterName, namespace: Namespace, kind: String, name: String) {
        self.cluster = cluster
        self.namespace = namespace
        self.kind = kind
        self.name = name
    }
}

extension WorkloadID: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.cluster, left.namespace, left.name, left.kind) < (right.cluster, right.namespace, right.name, right.kind)
    }
}

extension WorkloadID: CustomStringConvertible {
    /// `namespace/Kind/name`, as the command line takes it.
    package var description: String { "\(namespace)/\(kind)/\(name)" }
}
