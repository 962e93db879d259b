import Domain

/// How the rules of one direction of one policy are written.
struct RuleShape {
    let outside: OutsideRanges
    /// Peers at which names are looked up, and the ports on which they answer, where such rules have to stand alone.
    let resolvers: Set<RankedPeer>
    let resolverPorts: Set<PortCode>
    /// The name that all of the peers' pods give to a port; nil where they do not agree, or numbers are written.
    let name: (RulePort, [RulePeer]) -> String?
    /// True if runs of ports are written as ranges.
    let writesRanges: Bool

    /// From so many on, ports that follow one another are written as a range.
    private static let shortestRun = 3

    /// The ports as they are written: by name where that is the style, runs of them as ranges. Never wider.
    func written(_ ports: [RulePort], _ peers: [RulePeer]) -> [RulePort] {
        let named = ports.map { port in
            name(port, peers).map { RulePort(port.protocol, port.port, name: $0) } ?? port
        }
        return writesRanges ? Self.joined(named) : named
    }

    private static func joined(_ ports: [RulePort]) -> [RulePort] {
        var result: [RulePort] = []
        var run: [RulePort] = []
        func close() {
            if let first = run.first, let last = run.last, run.count >= shortestRun {
                result.append(RulePort(first.protocol, first.port, through: last.last))
            } else {
                result += run
            }
            run = []
        }
        for port in ports {
            let follows = run.last.map { last in
                last.protocol == port.protocol && last.last.rawValue < .max
                    && last.last.rawValue + 1 == port.port.rawValue
                    && last.name.isEmpty && port.name.isEmpty && port.protocol.hasPorts
            }
            if follows != true { close() }
            run.append(port)
        }
        close()
        return result
    }
}
