import Domain

/// Everything that was held back, in words, with the workloads that it concerns.
struct HeldConnections {
    struct Item {
        let source: WorkloadID?
        let destination: WorkloadID?
        let connection: HeldBackConnection
    }

    let items: [Item]

    init(_ ledger: EdgeLedger) {
        let rows = ledger.rows.map { row in
            Item(
                source: row.source, destination: row.destination,
                connection: HeldBackConnection(
                    what: row.what, reason: row.reason, count: row.count, first: row.first, last: row.last))
        }
        items = rows + Self.edges(ledger)
    }

    /// At most so many ports are named.
    private static let shownPorts = 4

    private static func edges(_ ledger: EdgeLedger) -> [Item] {
        ledger.edges.pairs.flatMap { pair -> [Item] in
            let held = pair.filter { ledger.reasons[$0] != nil }
            guard !held.isEmpty else { return [] }
            // Ports that are assigned at run time are one matter, however many there were.
            let dynamic = held.filter { ledger.reasons[$0] == .dynamicPort }
            let others = held.compactMap { number in
                ledger.reasons[number].flatMap { $0 == .dynamicPort ? nil : item([number], $0, ledger) }
            }
            return others + (dynamic.isEmpty ? [] : [item(dynamic, .dynamicPort, ledger)])
        }
    }

    private static func item(_ group: [Int], _ reason: HoldReason, _ ledger: EdgeLedger) -> Item {
        let table = ledger.edges
        let first = table.edges[group[0]]
        let facts = group.map { table.facts[$0] }
        var what = table.connection(Int32(group[0])).text
        if group.count > 1 {
            let more = group.dropFirst().prefix(shownPorts - 1).map { ", \(table.edges[$0].port)" }.joined()
            what += more + (group.count > shownPorts ? " and \(group.count - shownPorts) more" : "")
        }
        if reason == .dynamicPort, let name = ledger.protocolBehind(group[0]) { what += " (\(name))" }
        return Item(
            source: table.source(of: first).workload, destination: table.destination(of: first).workload,
            connection: HeldBackConnection(
                what: what, reason: reason, count: facts.reduce(0) { $0 + $1.count },
                first: facts.map(\.first).min() ?? facts[0].first, last: facts.map(\.last).max() ?? facts[0].last))
    }
}
