/// A port of a workload's pods that an object in the cluster offers to Prometheus.
///
/// From `prometheus.io` annotations of pods and Services, and from the Prometheus Operator's ServiceMonitors and PodMonitors.
/// Who scrapes is not declared. Workloads on the host's network are among them, though no policy selects those.
package struct ScrapeTarget: Hashable, Sendable {
    package let workload: WorkloadID
    /// The port at the pods.
    package let port: Port
    /// What declares it, such as `ServiceMonitor/shop/db` or `annotation prometheus.io/scrape of shop/Deployment/api`.
    package let declaredBy: String

    package init(workload: WorkloadID, port: Port, declaredBy: String) {
        self.workload = workload
        self.port = port
        self.declaredBy = declaredBy
    }
}

extension ScrapeTarget: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.workload, left.port, left.declaredBy) < (right.workload, right.port, right.declaredBy)
    }
}
