/// What a cluster declares and runs: the objects that learners need, resolved to root owners.
///
/// A value; nothing is looked up later.
/// Lists are sorted by namespace and name, whatever the order of the input was.
package struct ClusterInventory: Hashable, Sendable {
    package var cluster: ClusterName
    package var namespaces: [Namespace: Labels]
    package var workloads: [Workload]
    /// Workloads as the repository's manifests declare them: what may run next, whether or not it runs now.
    package var repositoryWorkloads: [Workload] = []
    package var pods: [Pod]
    package var services: [Service]
    package var nodes: [Node]
    /// Roles, ClusterRoles and their bindings that are live in the cluster.
    package var grants: AccessGrants
    package var networkPolicies: [NetworkPolicy]
    /// When a pod had an address: from pod objects and from records that name both.
    package var leases: [AddressLease]
    /// DNS names seen for outside addresses, sorted.
    package var names: [IPAddress: [String]]
    /// Services that the API server itself calls, by declaration.
    package var webhooks: [WebhookTarget]
    /// Ports that something in the cluster tells Prometheus to scrape; sorted, each once.
    package var scrapeTargets: [ScrapeTarget] = []
    /// ServiceAccounts that exist, whether or not a workload uses them.
    package var serviceAccounts: [Subject]
    /// Declared owners that stand between pods and a root owner (ReplicaSets, Jobs), with that root.
    package var rootOwners: [WorkloadID: WorkloadID]
    /// Other names by which records call this cluster (Cilium's `cluster-name` is set apart from ours).
    package var aliases: Set<String>

    package init(cluster: ClusterName) {
        self.cluster = cluster
        namespaces = [:]
        workloads = []
        pods = []
        services = []
        nodes = []
        grants = AccessGrants()
        networkPolicies = []
        leases = []
        names = [:]
        webhooks = []
        serviceAccounts = []
        rootOwners = [:]
        aliases = []
    }

    /// True if no cluster objects were observed; learning then has only what the records carry.
    package var isEmpty: Bool { workloads.isEmpty && pods.isEmpty && namespaces.isEmpty }
}

/// A root owner of pods, as declared.
package struct Workload: Hashable, Sendable {
    package let id: WorkloadID
    /// `spec.selector`; nil where the kind has none of its own (CronJob) or it is generated (Job).
    package let selector: LabelSelector?
    /// Labels of the pod template, all of them.
    package let templateLabels: Labels
    package let ports: [ContainerPort]
    /// Ports of TCP, HTTP and gRPC probes in the pod template, by number (names are resolved).
    package let probePorts: Set<Port>
    package let hostNetwork: Bool
    package let serviceAccount: String
    /// A CronJob's schedule, as written; nil for other kinds.
    package let schedule: String?
    /// A CronJob's `spec.suspend`: it starts no runs by itself. False for other kinds.
    package let isSuspended: Bool
    /// Ports that the template's `prometheus.io/scrape` and `prometheus.io/port` annotations offer to a scraper; all
    /// declared TCP ports where only the first is set.
    package let scrapePorts: Set<Port>
    /// When the owner was created; nil where the object does not say or only its pods are known.
    package let created: Timestamp?

    package init(
        id: WorkloadID, selector: LabelSelector?, templateLabels: Labels, ports: [ContainerPort] = [],
        probePorts: Set<Port> = [], hostNetwork: Bool = false, serviceAccount: String = "default",
        schedule: String? = nil, isSuspended: Bool = false, scrapePorts: Set<Port> = [], created: Timestamp? = nil
    ) {
        self.id = id
        self.selector = selector
        self.templateLabels = templateLabels
        self.ports = ports
        self.probePorts = probePorts
        self.hostNetwork = hostNetwork
        self.serviceAccount = serviceAccount
        self.schedule = schedule
        self.isSuspended = isSuspended
        self.scrapePorts = scrapePorts
        self.created = created
    }
}

/// A declared container port.
package struct ContainerPort: Hashable, Sendable, Codable {
    /// Empty where the port has no name.
    package let name: String
    package let number: Port
    package let `protocol`: NetworkProtocol

    package init(name: String, number: Port, protocol: NetworkProtocol) {
        self.name = name
        self.number = number
        self.protocol = `protocol`
    }
}

/// A pod as the API server lists it.
package struct Pod: Hashable, Sendable {
    package let namespace: Namespace
    package let name: String
    package let labels: Labels
    package let addresses: [IPAddress]
    /// The root owner; the pod itself (kind Pod) where it has none.
    package let owner: WorkloadID
    package let hostNetwork: Bool
    package let nodeName: String
    package let ports: [ContainerPort]
    package let created: Timestamp?
    /// True for phases Succeeded and Failed.
    package let isFinished: Bool

    package init(
        namespace: Namespace, name: String, labels: Labels, addresses: [IPAddress], owner: WorkloadID,
        hostNetwork: Bool, nodeName: String, ports: [ContainerPort], created: Timestamp?, isFinished: Bool
    ) {
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.addresses = addresses
        self.owner = owner
        self.hostNetwork = hostNetwork
        self.nodeName = nodeName
        self.ports = ports
        self.created = created
        self.isFinished = isFinished
    }
}

/// A Service with its endpoints.
package struct Service: Hashable, Sendable {
    package let namespace: Namespace
    package let name: String
    package let type: Kind
    /// Without `None`.
    package let clusterAddresses: [IPAddress]
    /// Addresses of its load balancer and `externalIPs`.
    package let externalAddresses: [IPAddress]
    /// Empty for a Service without selector.
    package let selector: Labels
    package let ports: [ServicePort]
    /// For type ExternalName.
    package let externalName: String
    /// From EndpointSlices, or from Endpoints where there is no slice.
    package let endpoints: [EndpointGroup]
    /// True if an Ingress or a Gateway route sends outside traffic to it.
    package let isRouted: Bool
    /// Whom a load balancer lets in (`spec.loadBalancerSourceRanges`, or the annotation before it); empty for everyone, and
    /// for other types, of which Kubernetes passes it over.
    package let sourceRanges: [CIDR]

    /// How a Service is reached (`spec.type`).
    package enum Kind: String, Hashable, Sendable, Codable {
        case clusterIP = "ClusterIP"
        case nodePort = "NodePort"
        case loadBalancer = "LoadBalancer"
        case externalName = "ExternalName"
    }

    package init(
        namespace: Namespace, name: String, type: Kind, clusterAddresses: [IPAddress],
        externalAddresses: [IPAddress], selector: Labels, ports: [ServicePort], externalName: String,
        endpoints: [EndpointGroup], isRouted: Bool, sourceRanges: [CIDR] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.type = type
        self.clusterAddresses = clusterAddresses
        self.externalAddresses = externalAddresses
        self.selector = selector
        self.ports = ports
        self.externalName = externalName
        self.endpoints = endpoints
        self.isRouted = isRouted
        self.sourceRanges = sourceRanges
    }

    /// True if clients outside of the cluster can reach it: type NodePort or LoadBalancer.
    package var isExposed: Bool { type == .nodePort || type == .loadBalancer }
}

/// One port of a Service.
package struct ServicePort: Hashable, Sendable {
    package let name: String
    package let `protocol`: NetworkProtocol
    package let port: Port
    /// The pods' port: a number, or a container port's name; equal to `port` where the object leaves it out.
    package let target: NetworkPolicy.PortValue
    package let nodePort: Port?

    package init(
        name: String, protocol: NetworkProtocol, port: Port, target: NetworkPolicy.PortValue, nodePort: Port?
    ) {
        self.name = name
        self.protocol = `protocol`
        self.port = port
        self.target = target
        self.nodePort = nodePort
    }
}

/// Addresses that serve the same ports behind a Service.
package struct EndpointGroup: Hashable, Sendable {
    package let addresses: [IPAddress]
    package let ports: [ContainerPort]

    package init(addresses: [IPAddress], ports: [ContainerPort]) {
        self.addresses = addresses
        self.ports = ports
    }
}

/// A node's addresses and the ranges of its pods.
package struct Node: Hashable, Sendable {
    package let name: String
    package let addresses: [IPAddress]
    package let podCIDRs: [CIDR]

    package init(name: String, addresses: [IPAddress], podCIDRs: [CIDR]) {
        self.name = name
        self.addresses = addresses
        self.podCIDRs = podCIDRs
    }
}

/// The time in which an address belonged to a workload's pod.
package struct AddressLease: Hashable, Sendable {
    package let address: IPAddress
    package let owner: WorkloadID
    package let podName: String
    package let from: Timestamp
    package let to: Timestamp

    package init(address: IPAddress, owner: WorkloadID, podName: String, from: Timestamp, to: Timestamp) {
        self.address = address
        self.owner = owner
        self.podName = podName
        self.from = from
        self.to = to
    }

    /// The end of a lease that is not known to have ended: 2262-01-01T00:00:00Z.
    package static let openEnd = Timestamp(seconds: 9_214_646_400)
}
