/// A workload that serves a Service's port, and the port at its pods.
package struct ServiceBackend: Hashable, Sendable {
    package let workload: WorkloadID
    package let port: Port

    package init(workload: WorkloadID, port: Port) {
        self.workload = workload
        self.port = port
    }
}

extension ServiceBackend: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.workload, left.port) < (right.workload, right.port)
    }
}

/// An address and a port behind a Service.
package struct ServiceEndpoint: Hashable, Sendable {
    package let address: IPAddress
    package let port: Port

    package init(address: IPAddress, port: Port) {
        self.address = address
        self.port = port
    }
}

extension ServiceEndpoint: Comparable {
    package static func < (left: Self, right: Self) -> Bool { (left.address, left.port) < (right.address, right.port) }
}

extension InventoryIndex {
    /// The Service of that name; nil if there is none.
    package func service(_ name: String, in namespace: Namespace) -> Service? {
        services.byName[NamespacedName(namespace, name)]
    }

    /// The Service with that cluster address; nil if none has it, or if several claim it.
    package func service(at address: IPAddress) -> Service? {
        guard let found = services.byClusterAddress[address], found.count == 1 else { return nil }
        return found[0]
    }

    /// The Services with that load-balancer or external address, sorted; they may share it, port by port.
    package func services(atExternal address: IPAddress) -> [Service] { services.byExternalAddress[address] ?? [] }

    /// The workloads behind a Service's port with the port at their pods; names are resolved for each workload.
    ///
    /// From the selector (over templates and listed pods) or, without one, from endpoint addresses that pods have.
    package func backends(of service: Service, port: Port, protocol: NetworkProtocol) -> [ServiceBackend] {
        let key = NamespacedName(service.namespace, service.name)
        return services.backends[key]?[ServiceIndex.PortKey(port: port, protocol: `protocol`)] ?? []
    }

    /// The addresses behind a Service's port as EndpointSlices or Endpoints list them, sorted, each once.
    package func endpoints(of service: Service, port: Port, protocol: NetworkProtocol) -> [ServiceEndpoint] {
        let names = service.ports.filter { $0.port == port && $0.protocol == `protocol` }.map(\.name)
        let found = service.endpoints.flatMap { group in
            group.ports.filter { names.contains($0.name) && $0.protocol == `protocol` }.flatMap { port in
                group.addresses.map { ServiceEndpoint(address: $0, port: port.number) }
            }
        }
        return Set(found).sorted()
    }
}
