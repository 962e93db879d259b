import Domain

/// Runs of container ports that a workload declares one after the other for clients to be sent to any of them, as passive
/// FTP and media servers do.
///
/// A run counts as such if it has four ports or more and connections to at least two of them were observed.
struct DeclaredRanges {
    private var runs: [Int32: [RulePort]] = [:]

    private static let shortestRun = 4
    private static let fewestSeen = 2

    init(_ ledger: EdgeLedger) {
        let table = ledger.edges
        let view = ledger.view
        for (number, party) in table.parties.enumerated() {
            guard let workload = party.workload.flatMap({ view.index.workload($0) }),
                workload.ports.count >= Self.shortestRun
            else { continue }
            let found = Self.runs(workload.ports)
            if !found.isEmpty { runs[Int32(number)] = found }
        }
        guard !runs.isEmpty else { return }
        var seen: [Int32: Set<RulePort>] = [:]
        for number in ledger.learned {
            let edge = table.edges[Int(number)]
            guard runs[edge.destination] != nil else { continue }
            seen[edge.destination, default: []].insert(RulePort(edge.protocol, edge.port))
        }
        for (party, all) in runs {
            runs[party] = all.filter { run in
                (seen[party] ?? []).count { Self.holds(run, $0) } >= Self.fewestSeen
            }
        }
    }

    /// Ports without a name of their own that follow one another.
    private static func runs(_ ports: [ContainerPort]) -> [RulePort] {
        let sorted = Set(ports.filter(\.isOneOfMany).map { RulePort($0.protocol, $0.number) }).sorted()
        var runs: [RulePort] = []
        for port in sorted {
            if let last = runs.last, last.protocol == port.protocol, last.last.rawValue < .max,
                last.last.rawValue + 1 == port.port.rawValue
            {
                runs[runs.count - 1] = RulePort(last.protocol, last.port, through: port.port)
            } else {
                runs.append(port)
            }
        }
        return runs.filter { Int($0.last.rawValue) - Int($0.port.rawValue) + 1 >= shortestRun }
    }

    private static func holds(_ run: RulePort, _ port: RulePort) -> Bool {
        run.protocol == port.protocol && run.port <= port.port && port.port <= run.last
    }

    /// The run of the edge's destination in which its port lies; the port itself where there is none.
    func port(of edge: ResolvedEdge) -> PortCode {
        let own = PortCode(edge.protocol, edge.port)
        guard let runs = runs[edge.destination] else { return own }
        return runs.first { Self.holds($0, own.port) }.map { PortCode($0) } ?? own
    }
}

extension ContainerPort {
    /// True if the port has no name, or one that ends in a number, as ports of a range are called: a port with a word for a
    /// name serves something of its own.
    fileprivate var isOneOfMany: Bool { name.isEmpty || name.utf8.last.map { (48...57).contains($0) } == true }
}
