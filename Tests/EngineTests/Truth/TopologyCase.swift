import Domain
import Foundation
import NetworkLearner
import Yams

/// An example of np-guard's cluster-topology-analyzer: manifests, and the policies that it makes of them alone.
struct TopologyCase: CustomStringConvertible, Sendable {
    let name: String
    /// What the manifests say that the program calls, read by eye: `namespace/workload` to `namespace/service:port`.
    let calls: [String]
    /// True if the cluster's DNS is OpenShift's, which listens on another port than its Service.
    var hasOpenShiftDNS = false

    var description: String { name }

    private var folder: URL { Fixtures.truth("np-guard-topology").appending(path: name) }

    var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Learns from the objects and from the calls, each made to its Service's address.
    func learned() throws -> TruthCase {
        let manifests = try manifests()
        let isOpenShift = calls.contains { $0.hasPrefix("openshift-ingress/") }
        let yaml = hasOpenShiftDNS ? Topology.openShift : isOpenShift ? Topology.router : "[]"
        let infrastructure = try GoldenReader.objects(Yams.load(yaml: yaml))
        let topology = Topology(manifests.objects + infrastructure)
        let temporary = try TemporaryFolder()
        let list: GoldenReader.Object = ["kind": "List", "items": topology.objects]
        let json = String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
        let traffic = TruthTraffic(connections: try calls.map { try topology.connection($0) })
        let flows = try temporary.write(try traffic.json(), to: "flows.json")
        return TruthCase(
            name: name, parties: topology.parties, ports: topology.ports, directions: TruthPolicy.Direction.allCases,
            golden: TruthReach(policies: manifests.golden),
            learned: try TruthLearner.learn(objects: [temporary.write(json, to: "objects.json")], flows: [flows]))
    }

    private func manifests() throws -> (objects: [GoldenReader.Object], golden: [TruthPolicy]) {
        var objects: [GoldenReader.Object] = []
        var golden: [TruthPolicy] = []
        let walk = FileManager.default.enumerator(atPath: folder.path)
        for path in (walk?.allObjects as? [String] ?? []).sorted() {
            let file = folder.appending(path: path)
            guard ["yaml", "json"].contains(file.pathExtension) else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            if path.hasPrefix("expected_") {
                golden += try GoldenReader.policies(yaml: text)
            } else {
                objects += try Yams.load_all(yaml: text).compactMap { $0 as? GoldenReader.Object }
            }
        }
        return (objects, golden)
    }
}

/// A small cluster that runs the manifests.
struct Topology {
    private(set) var objects: [GoldenReader.Object] = []
    private(set) var parties: [TruthParty] = []
    private(set) var ports: Set<TruthPort> = []
    private var services: [String: Service] = [:]

    private struct Service {
        let address: IPAddress?
        let namespace: Namespace
        let selector: Labels
    }

    struct NoSuch: Error {
        let party: String
    }

    private static let workloads: Set = ["DaemonSet", "Deployment", "ReplicaSet"]

    init(_ manifests: [GoldenReader.Object]) {
        let kept = manifests.filter {
            Self.workloads.contains($0["kind"] as? String ?? "") || $0["kind"] as? String == "Service"
        }
        for (number, object) in kept.enumerated() {
            var object = object
            var metadata = GoldenReader.object(object["metadata"])
            metadata["namespace"] = GoldenReader.namespace(of: object).rawValue
            object["metadata"] = metadata
            if object["kind"] as? String == "Service" {
                add(service: &object, number)
            } else {
                add(workload: object)
            }
            objects.append(object)
        }
    }

    private mutating func add(service object: inout GoldenReader.Object, _ number: Int) {
        var spec = GoldenReader.object(object["spec"])
        if spec["clusterIP"] == nil { spec["clusterIP"] = "10.96.0.\(number + 1)" }
        object["spec"] = spec
        services[Self.key(object)] = Service(
            address: IPAddress(spec["clusterIP"] as? String ?? ""), namespace: GoldenReader.namespace(of: object),
            selector: GoldenReader.object(spec["selector"]).compactMapValues { $0 as? String })
    }

    private mutating func add(workload object: GoldenReader.Object) {
        let template = GoldenReader.object(GoldenReader.object(object["spec"])["template"])
        let labels = GoldenReader.object(GoldenReader.object(template["metadata"])["labels"])
        parties.append(
            .pod(
                GoldenReader.namespace(of: object).rawValue, Self.name(object),
                labels.compactMapValues { $0 as? String }))
        for container in GoldenReader.objects(GoldenReader.object(template["spec"])["containers"]) {
            let numbers = GoldenReader.objects(container["ports"]).compactMap { $0["containerPort"] as? Int }
            ports.formUnion(numbers.compactMap { UInt16(exactly: $0) }.map { .tcp($0) })
        }
    }

    /// `namespace/workload namespace/service:port`, or `outside` in the workload's place.
    func connection(_ call: String) throws -> TruthTraffic.Connection {
        let words = call.split(separator: " ").map(String.init)
        let target = words[words.count - 1].split(separator: ":").map(String.init)
        let source = words[0] == "outside" ? TruthParty.stranger : try party(words[0])
        guard target.count == 2, let service = services[target[0]], let number = UInt16(target[1]) else {
            throw NoSuch(party: call)
        }
        return .init(source: source, destination: try destination(service, of: source), port: .tcp(number))
    }

    /// The Service's address, or a pod of a Service that has none. Who comes from outside is seen at the pod.
    private func destination(_ service: Service, of source: TruthParty) throws -> TruthParty {
        if let address = service.address, source.namespace != nil {
            return TruthParty(name: address.description, address: address)
        }
        let selector = LabelSelector(matchLabels: service.selector)
        let behind = parties.first { $0.namespace == service.namespace && selector.holds($0.labels) }
        guard let behind else { throw NoSuch(party: "\(service.selector)") }
        return behind
    }

    private func party(_ name: String) throws -> TruthParty {
        guard let found = parties.first(where: { "\($0.namespace?.rawValue ?? "")/\($0.name)" == name }) else {
            throw NoSuch(party: name)
        }
        return found
    }

    private static func name(_ object: GoldenReader.Object) -> String {
        GoldenReader.object(object["metadata"])["name"] as? String ?? ""
    }

    private static func key(_ object: GoldenReader.Object) -> String {
        "\(GoldenReader.namespace(of: object))/\(name(object))"
    }

    /// What answers for OpenShift's Routes.
    static let router = """
        - {apiVersion: apps/v1, kind: Deployment, metadata: {name: router, namespace: openshift-ingress},
           spec: {selector: {matchLabels: {ingress: default}},
                  template: {metadata: {labels: {ingress: default}}, spec: {containers: [{name: router}]}}}}

        """

    static let openShift =
        router + """
            - {apiVersion: v1, kind: Service, metadata: {name: dns-default, namespace: openshift-dns},
               spec: {selector: {daemonset-dns: default},
                      ports: [{name: dns, port: 53, protocol: UDP, targetPort: dns},
                              {name: dns-tcp, port: 53, protocol: TCP, targetPort: dns-tcp}]}}
            - {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: dns-default, namespace: openshift-dns},
               spec: {selector: {matchLabels: {daemonset-dns: default}},
                      template: {metadata: {labels: {daemonset-dns: default}},
                                 spec: {containers: [{name: dns, ports: [
                                   {name: dns, containerPort: 5353, protocol: UDP},
                                   {name: dns-tcp, containerPort: 5353, protocol: TCP}]}]}}}}
            """
}
