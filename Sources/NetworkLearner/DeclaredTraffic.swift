import Domain

/// Connections that objects of the cluster announce, and that are too rare or too uneven to wait for: calls of webhooks, and
/// scrapes of metrics. They widen a direction that was observed; they never isolate one.
struct DeclaredTraffic {
    /// What may come in: to a workload, by peer.
    private(set) var incoming: [WorkloadID: [Declared]] = [:]
    /// What may go out.
    private(set) var outgoing: [WorkloadID: [Declared]] = [:]
    /// For people: declarations that could not be followed.
    private(set) var notes: [String] = []

    /// One announced connection from one end's side.
    struct Declared {
        let peers: [RulePeer]
        let port: RulePort
        let evidence: Evidence
    }

    init(view: ClusterView, ledger: EdgeLedger, catalog: WorkloadCatalog, infrastructure: Infrastructure) {
        addWebhooks(view, infrastructure)
        addScrapes(view, ledger, catalog)
    }

    /// The API server calls what webhook configurations, conversions of custom resources and APIServices name.
    private mutating func addWebhooks(_ view: ClusterView, _ infrastructure: Infrastructure) {
        let callers = infrastructure.apiServer
        for hook in view.index.inventory.webhooks.sorted() {
            guard let service = view.index.service(hook.service, in: hook.namespace) else { continue }
            for target in view.targets(of: service, protocol: .tcp, port: hook.port) {
                guard let id = target.party.workload else { continue }
                guard !callers.isEmpty else {
                    notes.append(
                        "\(hook.declaredBy) lets the API server call \(id), but the API server's address is not known: "
                            + "set network.apiServerRanges")
                    continue
                }
                let evidence = Self.evidence(
                    "the API server -> \(id) TCP/\(target.port)", note: "declared by \(hook.declaredBy)")
                incoming[id, default: []].append(
                    Declared(peers: callers, port: RulePort(.tcp, target.port), evidence: evidence))
            }
        }
    }

    private static func evidence(_ what: String, note: String) -> Evidence {
        Evidence(what: what, note: note, count: 0, first: nil, last: nil, days: 0, sources: [], sample: "")
    }
}

// MARK: - Scrapers

extension DeclaredTraffic {
    /// At least so many workloads were scraped by whoever counts as a scraper, and they are so much of what it calls.
    private static let fewestScraped = 3
    private static let scrapedShare = 2.0 / 3

    /// Pods that offer metrics by annotation (`prometheus.io/scrape`, `prometheus.io/port`) are scraped by those that were
    /// seen to scrape others by theirs.
    private mutating func addScrapes(_ view: ClusterView, _ ledger: EdgeLedger, _ catalog: WorkloadCatalog) {
        let offered = view.index.inventory.workloads.filter { !$0.scrapePorts.isEmpty && !$0.hostNetwork }
        guard !offered.isEmpty else { return }
        let scrapers = Self.scrapers(view, ledger)
        for scraper in scrapers {
            guard let from = catalog.selector(of: scraper) else { continue }
            for workload in offered where workload.id != scraper {
                guard let to = catalog.selector(of: workload.id) else { continue }
                for port in workload.scrapePorts.sorted() {
                    let evidence = Self.evidence(
                        "\(scraper) -> \(workload.id) TCP/\(port)",
                        note: "declared by the annotation prometheus.io/scrape of \(workload.id)")
                    let port = RulePort(.tcp, port)
                    incoming[workload.id, default: []].append(
                        Declared(peers: [.pods(scraper.namespace, from)], port: port, evidence: evidence))
                    outgoing[scraper, default: []].append(
                        Declared(peers: [.pods(workload.id.namespace, to)], port: port, evidence: evidence))
                }
            }
        }
    }

    /// The workloads that call little else than metrics that others offer, sorted.
    private static func scrapers(_ view: ClusterView, _ ledger: EdgeLedger) -> [WorkloadID] {
        let table = ledger.edges
        let offers = table.parties.map { $0.workload.flatMap { view.index.workload($0)?.scrapePorts } ?? [] }
        let isWorkload = table.parties.map { $0.workload != nil }
        var called: [Int32: Set<Int32>] = [:]
        var scraped: [Int32: Set<Int32>] = [:]
        for number in ledger.learned {
            let edge = table.edges[Int(number)]
            guard edge.port != Port(53), isWorkload[Int(edge.source)], isWorkload[Int(edge.destination)] else {
                continue
            }
            called[edge.source, default: []].insert(edge.destination)
            if edge.protocol == .tcp, offers[Int(edge.destination)].contains(edge.port) {
                scraped[edge.source, default: []].insert(edge.destination)
            }
        }
        return scraped.filter { source, targets in
            let all = Double(called[source]?.count ?? 0)
            return targets.count >= fewestScraped && Double(targets.count) >= scrapedShare * all
        }.compactMap { table.parties[Int($0.key)].workload }.sorted()
    }
}
