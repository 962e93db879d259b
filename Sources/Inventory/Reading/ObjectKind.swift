/// A kind of object that learning needs, with the parts of it that are kept.
///
/// The tables in this folder are the whole list of what leaves a cluster dump: no environment, no data of Secrets and
/// ConfigMaps, no annotations but the two of Prometheus and the one of a load balancer's sources, no managed fields.
struct ObjectKind: Sendable {
    let isNamespaced: Bool
    let shape: Shape

    private static func namespaced(_ members: [String: Shape]) -> ObjectKind {
        ObjectKind(isNamespaced: true, shape: .object(members.merging(["metadata": metadata]) { first, _ in first }))
    }

    private static func clusterWide(_ members: [String: Shape]) -> ObjectKind {
        ObjectKind(isNamespaced: false, shape: .object(members.merging(["metadata": metadata]) { first, _ in first }))
    }

    private static let metadata = Shape.object(metadataMembers)

    private static let metadataMembers: [String: Shape] = [
        "labels": .texts, "creationTimestamp": .text,
        "ownerReferences": .array(.object(["kind": .text, "name": .text, "controller": .scalar])),
    ]

    private static func metadata(annotations: [String]) -> Shape {
        let kept = Dictionary(uniqueKeysWithValues: annotations.map { ($0, Shape.text) })
        return .object(metadataMembers.merging(["annotations": .object(kept)]) { first, _ in first })
    }

    /// Kinds by group and name, as `ClusterObject.kind` has them.
    static let known: [String: ObjectKind] = [
        "core/Namespace": clusterWide([:]),
        "core/Node": clusterWide(nodeMembers),
        "cilium.io/CiliumNode": clusterWide(ciliumNodeMembers),
        "core/Pod": namespaced([
            "metadata": metadata(annotations: Shape.scrapeAnnotations), "spec": Shape.podSpec, "status": podStatus,
        ]),
        "apps/Deployment": namespaced(["spec": Shape.workloadSpec]),
        "apps/ReplicaSet": namespaced(["spec": Shape.workloadSpec]),
        "apps/StatefulSet": namespaced(["spec": Shape.workloadSpec]),
        "apps/DaemonSet": namespaced(["spec": Shape.workloadSpec]),
        "batch/Job": namespaced(["spec": Shape.workloadSpec]),
        "batch/CronJob": namespaced(["spec": cronJobSpec]),
        "core/ReplicationController": namespaced(["spec": plainWorkloadSpec]),
        "apps.openshift.io/DeploymentConfig": namespaced(["spec": plainWorkloadSpec]),
        "core/Service": namespaced(
            Shape.serviceMembers.merging([
                "metadata": metadata(annotations: Shape.scrapeAnnotations + [Shape.sourceRangesAnnotation])
            ]) { first, _ in first }),
        "core/Endpoints": namespaced(Shape.endpointsMembers),
        "discovery.k8s.io/EndpointSlice": namespaced(Shape.endpointSliceMembers),
        "networking.k8s.io/Ingress": namespaced(Shape.ingressMembers),
        "extensions/Ingress": namespaced(Shape.ingressMembers),
        "gateway.networking.k8s.io/HTTPRoute": namespaced(Shape.gatewayRouteMembers),
        "gateway.networking.k8s.io/GRPCRoute": namespaced(Shape.gatewayRouteMembers),
        "gateway.networking.k8s.io/TCPRoute": namespaced(Shape.gatewayRouteMembers),
        "gateway.networking.k8s.io/TLSRoute": namespaced(Shape.gatewayRouteMembers),
        "gateway.networking.k8s.io/UDPRoute": namespaced(Shape.gatewayRouteMembers),
        "monitoring.coreos.com/ServiceMonitor": namespaced(Shape.serviceMonitorMembers),
        "monitoring.coreos.com/PodMonitor": namespaced(Shape.podMonitorMembers),
        "route.openshift.io/Route": namespaced(Shape.openShiftRouteMembers),
        "core/ServiceAccount": namespaced([:]),
        "rbac.authorization.k8s.io/Role": namespaced(Shape.roleMembers),
        "rbac.authorization.k8s.io/ClusterRole": clusterWide(Shape.roleMembers),
        "rbac.authorization.k8s.io/RoleBinding": namespaced(Shape.bindingMembers),
        "rbac.authorization.k8s.io/ClusterRoleBinding": clusterWide(Shape.bindingMembers),
        "networking.k8s.io/NetworkPolicy": namespaced(["spec": Shape.networkPolicySpec]),
        "cilium.io/CiliumNetworkPolicy": namespaced(Shape.ciliumPolicyMembers),
        "projectcalico.org/NetworkPolicy": namespaced(["spec": Shape.calicoPolicySpec]),
        "projectcalico.org/StagedNetworkPolicy": namespaced(["spec": Shape.calicoPolicySpec]),
        "crd.projectcalico.org/NetworkPolicy": namespaced(["spec": Shape.calicoPolicySpec]),
        "crd.projectcalico.org/StagedNetworkPolicy": namespaced(["spec": Shape.calicoPolicySpec]),
        // Read for their names alone: what they say for every namespace is not judged, and a note says so.
        "cilium.io/CiliumClusterwideNetworkPolicy": clusterWide([:]),
        "projectcalico.org/GlobalNetworkPolicy": clusterWide([:]),
        "crd.projectcalico.org/GlobalNetworkPolicy": clusterWide([:]),
        "policy.networking.k8s.io/AdminNetworkPolicy": clusterWide([:]),
        "policy.networking.k8s.io/BaselineAdminNetworkPolicy": clusterWide([:]),
        "policy.networking.k8s.io/ClusterNetworkPolicy": clusterWide([:]),
        "admissionregistration.k8s.io/ValidatingWebhookConfiguration": clusterWide(Shape.webhookMembers),
        "admissionregistration.k8s.io/MutatingWebhookConfiguration": clusterWide(Shape.webhookMembers),
        "apiextensions.k8s.io/CustomResourceDefinition": clusterWide(Shape.conversionMembers),
        "apiregistration.k8s.io/APIService": clusterWide(["spec": .object(["service": Shape.serviceReference])]),
    ]

    /// An object of any other kind that has a selector and a pod template, such as Argo's Rollout.
    static let customWorkload = namespaced(["spec": Shape.workloadSpec])

    /// What tells a custom workload from other objects.
    static let customWorkloadTest = Shape.object([
        "spec": .object([
            "selector": .object([:]), "template": .object(["spec": .object(["containers": .array(.object([:]))])]),
        ])
    ])

    private static let nodeMembers: [String: Shape] = [
        "spec": .object(["podCIDR": .text, "podCIDRs": .textList]),
        "status": .object(["addresses": .array(.object(["type": .text, "address": .text]))]),
    ]

    /// With Cilium's own address management the ranges of a node's pods stand here and not in the Node.
    private static let ciliumNodeMembers: [String: Shape] = [
        "spec": .object([
            "addresses": .array(.object(["type": .text, "ip": .text])), "ipam": .object(["podCIDRs": .textList]),
        ])
    ]

    private static let podStatus = Shape.object([
        "phase": .text, "startTime": .text, "podIP": .text, "podIPs": .array(.object(["ip": .text])),
        "containerStatuses": .array(
            .object(["state": .object(["terminated": .object(["finishedAt": .text])])])),
    ])

    private static let cronJobSpec = Shape.object([
        "schedule": .text, "suspend": .scalar,
        "jobTemplate": .object(["spec": .object(["template": Shape.podTemplate])]),
    ])

    private static let plainWorkloadSpec = Shape.object(["selector": .texts, "template": Shape.podTemplate])
}
