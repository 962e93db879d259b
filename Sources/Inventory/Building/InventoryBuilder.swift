package import Domain

/// Makes a cluster's inventory of its stored objects and of what records saw.
package struct InventoryBuilder {
    private var inventory: ClusterInventory
    private var table: ObjectTable
    private var listed: [ListedPod] = []

    /// Builds the inventory of one cluster; objects and sightings of other clusters are passed over.
    ///
    /// The result does not depend on the order of the input. What cannot be used is left out, with a note.
    package static func build(
        cluster: ClusterName, objects: consuming [ClusterObject], addressSightings: [AddressSighting] = [],
        nameSightings: [NameSighting] = []
    ) -> (inventory: ClusterInventory, notes: [InventoryNote]) {
        // Objects are let go of once they are read: their bodies are most of what a cluster weighs.
        var builder = InventoryBuilder(cluster: cluster, objects: consume objects)
        builder.readNamespaces()
        builder.readNodes()
        builder.readWorkloads()
        builder.readServices()
        builder.readGrants()
        builder.inventory.networkPolicies = builder.table.readPolicies()
        builder.readWebhooks()
        let sightings = addressSightings.filter { $0.cluster == cluster }
        builder.inventory.aliases = builder.aliases(in: sightings)
        let index = InventoryIndex(builder.inventory)
        builder.readScrapeTargets(index)
        builder.readAddresses(sightings, index)
        builder.readNames(nameSightings.filter { $0.cluster == cluster })
        return (builder.inventory, builder.table.notes.sorted())
    }

    private init(cluster: ClusterName, objects: consuming [ClusterObject]) {
        inventory = ClusterInventory(cluster: cluster)
        table = ObjectTable(consume objects, cluster: cluster)
    }

    private mutating func readNamespaces() {
        let declared = table.read(table.objects("core/Namespace")) { (object) throws(Malformed) in
            (Namespace(object.name), try object.body["metadata"]?.labels("labels") ?? [:])
        }
        inventory.namespaces = Dictionary(declared) { first, _ in first }
        for namespace in table.namespaces.union(declared.map(\.0)) {
            inventory.namespaces[namespace, default: [:]][GeneratedName.namespaceLabel] = namespace.rawValue
        }
    }

    private mutating func readNodes() {
        var reader = NodeReader()
        _ = table.read(table.objects("core/Node", "cilium.io/CiliumNode")) { (object) throws(Malformed) in
            try reader.add(object)
        }
        inventory.nodes = reader.nodes
    }

    private mutating func readWorkloads() {
        let builtIn = table.objects(
            "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "batch/CronJob", "batch/Job",
            "core/ReplicationController", "apps.openshift.io/DeploymentConfig")
        let declared = builtIn + table.customKinds.flatMap { table.objects($0) }
        let owners = OwnerTable(cluster: inventory.cluster, owners: declared)
        for owner in owners.endless {
            table.note(owner.description, "its ownerReferences lead nowhere; it counts as its own root")
        }
        var reader = WorkloadReader(owners: owners)
        _ = table.read(declared) { (object) throws(Malformed) in try reader.add(owner: object) }
        let pods = table.objects("core/Pod")
        listed = table.read(pods) { (object) throws(Malformed) in
            let pod = try ListedPod(object, owner: owners.root(ofPod: object))
            try reader.add(pod: object)
            return pod
        }
        reader.addUndeclared()
        inventory.workloads = reader.workloads
        inventory.rootOwners = reader.rootOwners
        inventory.pods = listed.map(\.pod)
    }

    private mutating func readServices() {
        var endpoints = EndpointReader()
        _ = table.read(table.objects("discovery.k8s.io/EndpointSlice")) { (object) throws(Malformed) in
            try endpoints.add(slice: object)
        }
        _ = table.read(table.objects("core/Endpoints")) { (object) throws(Malformed) in
            try endpoints.add(endpoints: object)
        }
        let routes = table.objects(
            "networking.k8s.io/Ingress", "extensions/Ingress", "gateway.networking.k8s.io/HTTPRoute",
            "gateway.networking.k8s.io/GRPCRoute", "gateway.networking.k8s.io/TCPRoute",
            "gateway.networking.k8s.io/TLSRoute", "gateway.networking.k8s.io/UDPRoute", "route.openshift.io/Route")
        let reader = ServiceReader(
            endpoints: endpoints.groups, routed: Set(routes.flatMap(RouteReader.targets)))
        inventory.services = table.read(table.objects("core/Service"), reader.service)
        noteSharedClusterAddresses()
    }

    private mutating func noteSharedClusterAddresses() {
        var owner: [IPAddress: Service] = [:]
        for service in inventory.services {
            for address in service.clusterAddresses {
                if let other = owner[address] {
                    table.note(
                        "core/Service \(service.namespace)/\(service.name)",
                        "has the cluster address of \(other.namespace)/\(other.name); it resolves to neither")
                }
                owner[address] = service
            }
        }
    }

    private mutating func readGrants() {
        inventory.grants.roles = table.read(
            table.objects("rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/Role"),
            GrantReader.role)
        inventory.grants.bindings = table.read(
            table.objects("rbac.authorization.k8s.io/ClusterRoleBinding", "rbac.authorization.k8s.io/RoleBinding"),
            GrantReader.binding)
        inventory.serviceAccounts = table.objects("core/ServiceAccount").map {
            Subject(kind: .serviceAccount, namespace: $0.namespace, name: $0.name)
        }
    }

    private mutating func readWebhooks() {
        let declaring = table.objects(
            "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
            "admissionregistration.k8s.io/MutatingWebhookConfiguration",
            "apiextensions.k8s.io/CustomResourceDefinition", "apiregistration.k8s.io/APIService")
        let targets = table.read(declaring, WebhookReader.targets)
        inventory.webhooks = Set(targets.flatMap(\.self)).sorted()
    }

    private mutating func readScrapeTargets(_ index: InventoryIndex) {
        let services = table.objects("core/Service")
        let reader = ScrapeReader(index, services: services)
        let declared =
            table.read(services, reader.targets(ofService:))
            + table.read(table.objects("monitoring.coreos.com/ServiceMonitor"), reader.targets(ofServiceMonitor:))
            + table.read(table.objects("monitoring.coreos.com/PodMonitor"), reader.targets(ofPodMonitor:))
        inventory.scrapeTargets = Set(declared.flatMap(\.self) + reader.annotatedTemplates).sorted()
    }

    private mutating func readAddresses(_ sightings: [AddressSighting], _ index: InventoryIndex) {
        var reader = LeaseReader(index)
        for pod in listed { reader.add(pod) }
        for sighting in sightings { reader.add(sighting) }
        inventory.leases = reader.leases
        if reader.nameless > 0 {
            table.note("", "\(reader.nameless) address sightings name neither an owner nor a pod")
        }
    }

    /// Names that records give to this cluster: with a pod of ours at its own address, the name means us.
    private func aliases(in sightings: [AddressSighting]) -> Set<String> {
        let pods = Dictionary(inventory.pods.map { (ObjectKey($0.namespace, $0.name), $0) }) { first, _ in first }
        let ours = sightings.filter { sighting in
            let pod = pods[ObjectKey(sighting.peer.namespace, sighting.podName)]
            return pod.map { !$0.hostNetwork && $0.addresses.contains(sighting.address) } ?? false
        }
        return Set(ours.map(\.peer.remoteCluster)).subtracting([""])
    }

    private mutating func readNames(_ sightings: [NameSighting]) {
        var names: [IPAddress: Set<String>] = [:]
        for sighting in sightings where (1...253).contains(sighting.name.utf8.count) {
            names[sighting.address, default: []].insert(sighting.name)
        }
        inventory.names = names.mapValues { $0.sorted() }
    }
}
