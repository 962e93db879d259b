import Domain

/// What became of a table's rows once both of their sides were resolved.
struct Resolution {
    /// The connections that rows stand for, in any order; a row may stand for several.
    var sightings: [Sighting] = []
    /// Parts of rows whose address belonged to several pods in turn: what was seen in the time of each.
    var parts: [ConnectionFact] = []
    /// Rows that stand for no connection that a rule could be made of.
    var held: [HeldRow] = []
    var parties = PartyTable()
    /// How connections were established where it is not plainly observed.
    var origins: [Origin] = []

    /// One row as a connection between two parties.
    struct Sighting {
        let source: Int32
        let destination: Int32
        let `protocol`: NetworkProtocol
        let port: Port
        /// The destination's port is open to the outside by declaration.
        let isExposed: Bool
        /// Which fact was seen of it: a row's by its number, or a part by `~` its position.
        let fact: Int32
        let direction: ConnectionEdge.Direction
        /// Position in `origins`, or `plain`.
        let origin: Int32

        static let plain: Int32 = -1
    }

    /// How a connection was established.
    enum Origin: Hashable {
        /// Translated from a Service's address, or a node's port, by the rules of the Service.
        case service(Service, port: Port)
        /// Open to the outside by an object.
        case exposure(Service)

        var text: String {
            switch self {
            case .service(let service, let port):
                "resolved from Service \(service.namespace)/\(service.name) port \(port)"
            case .exposure(let service) where service.isExposed:
                "open to the outside by Service \(service.namespace)/\(service.name) of type \(service.type.rawValue)"
            case .exposure(let service):
                "open to the outside by a route to Service \(service.namespace)/\(service.name)"
            }
        }
    }

    /// A row that was held back.
    struct HeldRow {
        let what: String
        let source: WorkloadID?
        let destination: WorkloadID?
        let reason: HoldReason
        let count: Int64
        let first: Timestamp
        let last: Timestamp

        init(
            _ what: String, between parties: (WorkloadID?, WorkloadID?), reason: HoldReason, fact: ConnectionFact
        ) {
            self.what = what
            source = parties.0
            destination = parties.1
            self.reason = reason
            count = fact.count
            first = fact.first
            last = fact.last
        }
    }
}

extension Resolution {
    /// A row's fact, or a part of one.
    func fact(_ number: Int32, of table: ConnectionTable) -> ConnectionFact {
        number < 0 ? parts[Int(~number)] : table.facts[Int(number)]
    }
}
