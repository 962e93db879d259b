import Domain

/// Finds the ports that Prometheus is told to scrape, with the workloads that serve them.
struct ScrapeReader {
    /// Pods with the same labels and ports: a template, or one listed pod.
    private struct Candidate {
        let workload: WorkloadID
        let labels: Labels
        let ports: [ContainerPort]
    }

    /// A Service that a monitor may select.
    private struct MonitoredService {
        let service: Service
        let labels: Labels
    }

    /// A port as a monitor names it.
    private enum MonitoredPort {
        case ofService(String)
        case ofPods(NetworkPolicy.PortValue)
    }

    private let index: InventoryIndex
    private let services: [Namespace: [MonitoredService]]
    private let candidates: [Namespace: [Candidate]]

    init(_ index: InventoryIndex, services: [ParsedObject]) {
        self.index = index
        let known = services.compactMap { object in
            index.service(object.name, in: object.namespace).map {
                MonitoredService(service: $0, labels: object.body["metadata"]?["labels"]?.textMap ?? [:])
            }
        }
        self.services = Dictionary(grouping: known, by: \.service.namespace)
        let templates = index.inventory.workloads.map {
            Candidate(workload: $0.id, labels: $0.templateLabels, ports: $0.ports)
        }
        let pods = index.inventory.pods.filter { !$0.isFinished }.map {
            Candidate(workload: $0.owner, labels: $0.labels, ports: $0.ports)
        }
        candidates = Dictionary(grouping: templates + pods, by: \.workload.namespace)
    }

    /// What templates say of themselves.
    var annotatedTemplates: [ScrapeTarget] {
        index.inventory.workloads.flatMap { workload in
            workload.scrapePorts.map { port in
                let id = workload.id
                return ScrapeTarget(
                    workload: id, port: port,
                    declaredBy: "annotation prometheus.io/scrape of \(id.namespace)/\(id.kind)/\(id.name)")
            }
        }
    }

    /// What a Service's annotations say: all of its targets, or one port at the pods behind it.
    func targets(ofService object: ParsedObject) throws(Malformed) -> [ScrapeTarget] {
        guard let annotation = ScrapeAnnotation(object.body["metadata"]?["annotations"]),
            let service = index.service(object.name, in: object.namespace)
        else { return [] }
        let declaredBy = "annotation prometheus.io/scrape of \(object.namespace)/Service/\(object.name)"
        return backends(of: service, annotation).map {
            ScrapeTarget(workload: $0.workload, port: $0.port, declaredBy: declaredBy)
        }
    }

    func targets(ofServiceMonitor object: ParsedObject) throws(Malformed) -> [ScrapeTarget] {
        let spec = object.body["spec"] ?? .null
        let selector = try Self.selector(spec)
        var ports: [MonitoredPort] = []
        for item in spec.items("endpoints") {
            if let name = item["port"]?.text, !name.isEmpty {
                ports.append(.ofService(name))
            } else if let target = try item.portValue("targetPort") {
                ports.append(.ofPods(target))
            }
        }
        let found = namespaces(spec, of: object, among: services.keys).flatMap { services[$0] ?? [] }
            .filter { selector.isSatisfied(by: $0.labels) }
            .flatMap { monitored in ports.flatMap { backends(of: monitored.service, $0) } }
        return found.map { ScrapeTarget(workload: $0.workload, port: $0.port, declaredBy: Self.name(object)) }
    }

    func targets(ofPodMonitor object: ParsedObject) throws(Malformed) -> [ScrapeTarget] {
        let spec = object.body["spec"] ?? .null
        let selector = try Self.selector(spec)
        var ports: [NetworkPolicy.PortValue] = []
        for item in spec.items("podMetricsEndpoints") {
            if let name = item["port"]?.text, !name.isEmpty {
                ports.append(.name(name))
            } else if let port = try item.portValue("portNumber") {
                ports.append(port)
            } else if let port = try item.portValue("targetPort") {
                ports.append(port)
            }
        }
        return namespaces(spec, of: object, among: candidates.keys).flatMap { candidates[$0] ?? [] }
            .filter { selector.isSatisfied(by: $0.labels) }
            .flatMap { candidate in
                ports.flatMap { Self.numbers($0, candidate.ports) }.map {
                    ScrapeTarget(workload: candidate.workload, port: $0, declaredBy: Self.name(object))
                }
            }
    }

    private static func name(_ object: ParsedObject) -> String {
        "\(object.kindName)/\(object.namespace)/\(object.name)"
    }

    /// `{}` selects everything; a selector that is left out is refused by the API server.
    private static func selector(_ spec: JSONValue) throws(Malformed) -> LabelSelector {
        guard let selector = try spec.labelSelector("selector") else { throw Malformed("it has no selector") }
        return selector
    }

    /// The namespaces that a monitor looks in: its own unless it names others.
    private func namespaces(
        _ spec: JSONValue, of object: ParsedObject, among known: some Sequence<Namespace>
    ) -> [Namespace] {
        if spec["namespaceSelector"]?["any"]?.bool == true { return Array(known) }
        let named = spec["namespaceSelector"]?.texts("matchNames") ?? []
        return named.isEmpty ? [object.namespace] : Set(named).map { Namespace($0) }
    }
}

// MARK: - Ports

extension ScrapeReader {
    private func backends(of service: Service) -> [ServiceBackend] {
        service.ports.filter { $0.protocol == .tcp }.flatMap {
            index.backends(of: service, port: $0.port, protocol: .tcp)
        }
    }

    /// Prometheus puts an annotated port in the place of the endpoint's: it is one of the pods, whether or not the Service
    /// leads to it. Where it is the Service's own, what that leads to is meant.
    private func backends(of service: Service, _ annotation: ScrapeAnnotation) -> [ServiceBackend] {
        let all = backends(of: service)
        guard case .port(let port) = annotation else { return all }
        let exact = all.filter { $0.port == port }
        guard exact.isEmpty else { return exact }
        let own = index.backends(of: service, port: port, protocol: .tcp)
        return own.isEmpty ? Set(all.map(\.workload)).map { ServiceBackend(workload: $0, port: port) } : own
    }

    private func backends(of service: Service, _ port: MonitoredPort) -> [ServiceBackend] {
        switch port {
        case .ofService(let name):
            return service.ports.filter { $0.name == name && $0.protocol == .tcp }.flatMap {
                index.backends(of: service, port: $0.port, protocol: .tcp)
            }
        case .ofPods(let target):
            let all = backends(of: service)
            let exact = all.filter { .number($0.port) == target }
            return exact
                + Set(all.map(\.workload)).flatMap { workload in
                    declaredPorts(of: workload, target).map { ServiceBackend(workload: workload, port: $0) }
                }
        }
    }

    private func declaredPorts(of workload: WorkloadID, _ target: NetworkPolicy.PortValue) -> [Port] {
        let template = index.workload(workload)?.ports ?? []
        return Self.numbers(target, template + index.pods(of: workload).flatMap(\.ports))
    }

    /// The operator keeps only what a container declares, by name or by number.
    private static func numbers(_ target: NetworkPolicy.PortValue, _ declared: [ContainerPort]) -> [Port] {
        declared.filter { port in
            switch target {
            case .number(let number): port.protocol == .tcp && port.number == number
            case .name(let name): port.protocol == .tcp && port.name == name
            }
        }.map(\.number)
    }
}
