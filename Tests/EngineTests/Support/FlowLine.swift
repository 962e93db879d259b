import Foundation

/// One Hubble flow as a line of JSON.
struct FlowLine: Encodable {
    enum End {
        case pod(_ namespace: String, _ workload: String, address: String = "10.0.0.1")
        case world(_ address: String)

        var address: String {
            switch self {
            case .pod(_, _, let address): address
            case .world(let address): address
            }
        }

        var endpoint: Endpoint {
            switch self {
            case .world: Endpoint(labels: ["reserved:world"])
            case .pod(let namespace, let workload, _):
                Endpoint(
                    labels: ["k8s:app=\(workload)", "k8s:io.kubernetes.pod.namespace=\(namespace)"],
                    namespace: namespace,
                    podName: "\(workload)-7d9c8b6f5-abcde", workloads: [.init(name: workload, kind: "Deployment")])
            }
        }
    }

    let time: String
    let verdict = "FORWARDED"
    let addresses: Addresses
    let l4: [String: Ports]
    let source: Endpoint
    let destination: Endpoint
    let type = "L3_L4"
    let direction = "EGRESS"
    let isReply = false

    init(from: End, to: End, port: Int, second: Int = 0) {
        time = "2026-11-01T00:\(second / 600)\(second / 60 % 10):\(second % 60 / 10)\(second % 10)Z"
        addresses = Addresses(source: from.address, destination: to.address)
        l4 = ["TCP": Ports(source: 40001 + second, destination: port)]
        source = from.endpoint
        destination = to.endpoint
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(["flow": self])).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    struct Addresses: Encodable {
        let source: String
        let destination: String
    }

    struct Ports: Encodable {
        let source: Int
        let destination: Int

        enum CodingKeys: String, CodingKey {
            case source = "source_port"
            case destination = "destination_port"
        }
    }

    struct Endpoint: Encodable {
        let labels: [String]
        var namespace: String?
        var podName: String?
        var workloads: [Workload]?

        struct Workload: Encodable {
            let name: String
            let kind: String
        }

        enum CodingKeys: String, CodingKey {
            case labels, namespace, workloads
            case podName = "pod_name"
        }
    }

    enum CodingKeys: String, CodingKey {
        case time, verdict, l4, source, destination
        case addresses = "IP"
        case type = "Type"
        case direction = "traffic_direction"
        case isReply = "is_reply"
    }
}
