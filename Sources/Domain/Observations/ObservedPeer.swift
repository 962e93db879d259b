/// One side of a connection as a record names it, before the inventory resolves it.
///
/// Pods keep no address here (an address is a `Sighting`), so that the number of edges does not grow with pods.
package struct ObservedPeer: Hashable, Sendable {
    package let kind: Kind
    /// For pods: the cluster that the record names; empty where the record names none.
    package let remoteCluster: String
    /// For pods; empty otherwise.
    package let namespace: Namespace
    /// The owner's kind and name where the record carries them, otherwise empty.
    package let workloadKind: String
    package let workloadName: String
    /// The pod's name, only where the record carries neither an owner nor a label to know it by.
    package let podName: String
    /// For pods: the labels without those that change from pod to pod or belong to the network plugin.
    package let labels: Labels
    /// The address; nil for pods, and where the record has none.
    package let address: IPAddress?

    /// What the source takes a side for.
    package enum Kind: UInt8, Hashable, Sendable, Codable, CaseIterable {
        case pod = 0
        /// Outside of the cluster (Hubble: `reserved:world`, with or without `cidr:` and `fqdn:`).
        case world = 1
        /// The node on which the observed pod runs (Hubble: `reserved:host`).
        case host = 2
        /// Another node (Hubble: `reserved:remote-node`).
        case remoteNode = 3
        /// The Kubernetes API server, wherever it runs (Hubble: `reserved:kube-apiserver`, beside any other label).
        case apiServer = 4
        /// An address that the source cannot attribute; it may be a pod's of a moment ago.
        case unknown = 5
    }

    /// A peer that is a pod.
    package init(
        pod podName: String, namespace: Namespace, workloadKind: String, workloadName: String, labels: Labels,
        remoteCluster: String
    ) {
        kind = .pod
        self.remoteCluster = remoteCluster
        self.namespace = namespace
        self.workloadKind = workloadKind
        self.workloadName = workloadName
        self.podName = podName
        self.labels = labels
        address = nil
    }

    /// A peer that is no pod: something known by its address and what the source calls it.
    package init(_ kind: Kind, address: IPAddress?) {
        self.kind = kind
        remoteCluster = ""
        namespace = .clusterScope
        workloadKind = ""
        workloadName = ""
        podName = ""
        labels = [:]
        self.address = address
    }
}
