import Domain

/// What a pod template, or a pod, says about its pods.
struct PodTemplate {
    var labels: Labels
    var ports: [ContainerPort]
    var probePorts: Set<Port>
    var scrapePorts: Set<Port>
    var hostNetwork: Bool
    var serviceAccount: String

    /// Reads `metadata` and `spec` of a template or a pod.
    init(_ value: JSONValue) throws(Malformed) {
        let spec = value["spec"] ?? .null
        labels = try value["metadata"]?.labels("labels") ?? [:]
        hostNetwork = spec["hostNetwork"]?.bool ?? false
        // serviceAccount is the deprecated alias (API reference, PodSpec).
        serviceAccount = Self.name(spec["serviceAccountName"]) ?? Self.name(spec["serviceAccount"]) ?? "default"
        var ports: [ContainerPort] = []
        var probes: [NetworkPolicy.PortValue] = []
        for container in spec.items("containers") + spec.items("initContainers") {
            let declared = try Self.ports(of: container)
            ports += declared
            probes += try Self.probes(of: container).map { Self.resolved($0, by: declared) }
        }
        self.ports = Self.sorted(ports)
        probePorts = Set(probes.flatMap { Self.numbers($0, among: ports) })
        scrapePorts = Self.scrapePorts(value["metadata"]?["annotations"], ports: ports)
    }

    /// Merges the template of another child of the same owner: labels that both have, ports of either.
    mutating func merge(_ other: PodTemplate) {
        labels = labels.filter { other.labels[$0.key] == $0.value }
        ports = Self.sorted(ports + other.ports)
        probePorts.formUnion(other.probePorts)
        scrapePorts.formUnion(other.scrapePorts)
        hostNetwork = hostNetwork || other.hostNetwork
        serviceAccount = min(serviceAccount, other.serviceAccount)
    }

    private static func name(_ value: JSONValue?) -> String? {
        value?.text.flatMap { ObjectName.isSubdomain($0) ? $0 : nil }
    }

    private static func ports(of container: JSONValue) throws(Malformed) -> [ContainerPort] {
        var ports: [ContainerPort] = []
        for item in container.items("ports") {
            guard let number = try item.port("containerPort") else { throw Malformed("a container port has no number") }
            ports.append(
                ContainerPort(name: item["name"]?.text ?? "", number: number, protocol: try item.transport()))
        }
        return ports
    }

    private static func probes(of container: JSONValue) throws(Malformed) -> [NetworkPolicy.PortValue] {
        var probes: [NetworkPolicy.PortValue] = []
        for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
            for handler in ["httpGet", "tcpSocket", "grpc"] {
                guard let action = container[kind]?[handler], let port = try action.portValue("port") else { continue }
                probes.append(port)
            }
        }
        return probes
    }

    /// A name means a port of the same container first.
    private static func resolved(
        _ probe: NetworkPolicy.PortValue, by ports: [ContainerPort]
    ) -> NetworkPolicy.PortValue {
        guard case .name(let name) = probe, let port = ports.first(where: { $0.name == name }) else { return probe }
        return .number(port.number)
    }

    private static func numbers(_ probe: NetworkPolicy.PortValue, among ports: [ContainerPort]) -> [Port] {
        switch probe {
        case .number(let number): [number]
        case .name(let name): ports.filter { $0.name == name }.map(\.number)
        }
    }

    private static func scrapePorts(_ annotations: JSONValue?, ports: [ContainerPort]) -> Set<Port> {
        switch ScrapeAnnotation(annotations) {
        case nil: []
        case .allPorts: Set(ports.filter { $0.protocol == .tcp }.map(\.number))
        case .port(let port): [port]
        }
    }

    private static func sorted(_ ports: [ContainerPort]) -> [ContainerPort] {
        Set(ports).sorted { ($0.number, $0.protocol, $0.name) < ($1.number, $1.protocol, $1.name) }
    }
}
