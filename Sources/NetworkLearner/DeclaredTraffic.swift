import Domain

/// Connections that objects of the cluster announce, and that are too rare or too uneven to wait for: calls of webhooks, scrapes of
/// metrics, and what ingress controllers send on. They widen a direction that was observed; they never isolate one.
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
        addRoutes(view, ledger, catalog)
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

// MARK: - Scrapers and ingress controllers

extension DeclaredTraffic {
    /// A port that an object offers to some kind of caller.
    private struct Offer {
        let workload: WorkloadID
        let port: Port
        let declaredBy: String
    }

    /// Such calls are at least so much of what a scraper or a controller calls.
    private static let callerShare = 2.0 / 3
    /// A scraper was seen at half or more of all that offer metrics, and at two of them at least: an application calls some
    /// neighbours, perhaps at the very ports at which these offer metrics.
    private static let scrapedShare = 0.5
    private static let fewestScraped = 2

    /// Pods that offer metrics, by annotation or by a ServiceMonitor or PodMonitor, are scraped by those that were seen to
    /// scrape others.
    private mutating func addScrapes(_ view: ClusterView, _ ledger: EdgeLedger, _ catalog: WorkloadCatalog) {
        let offers = view.index.inventory.scrapeTargets.map {
            Offer(workload: $0.workload, port: $0.port, declaredBy: $0.declaredBy)
        }
        let all = Double(Set(offers.map(\.workload)).count)
        for (caller, targets) in Self.callers(of: offers, ledger)
        where Self.isKnownScraper(view.index.workload(caller))
            || targets.count >= Self.fewestScraped && Double(targets.count) >= Self.scrapedShare * all
        { add(offers, from: caller, catalog) }
    }

    /// True for what its labels call a collector of metrics (Kubernetes documentation, "Recommended Labels").
    private static func isKnownScraper(_ workload: Workload?) -> Bool {
        let names = ["prometheus", "prometheus-server", "vmagent", "grafana-agent", "alloy", "opentelemetry-collector"]
        return ["app.kubernetes.io/name", "app"].contains { workload?.templateLabels[$0].map(names.contains) == true }
    }

    /// What an Ingress or a Gateway route sends to is called by those that were seen to call other backends of routes, all
    /// in other namespaces than their own, and are open to the outside themselves: controllers, not applications.
    private mutating func addRoutes(_ view: ClusterView, _ ledger: EdgeLedger, _ catalog: WorkloadCatalog) {
        var offers: [Offer] = []
        for service in view.index.inventory.services where service.isRouted {
            for port in service.ports {
                for target in view.targets(of: service, protocol: port.protocol, port: port.port) {
                    guard let id = target.party.workload, port.protocol == .tcp else { continue }
                    offers.append(
                        Offer(
                            workload: id, port: target.port,
                            declaredBy: "a route to Service \(service.namespace)/\(service.name)"))
                }
            }
        }
        for (caller, targets) in Self.callers(of: offers, ledger)
        where view.isOpenToOutside(caller) && targets.allSatisfy({ $0.namespace != caller.namespace }) {
            add(offers, from: caller, catalog)
        }
    }

    private mutating func add(_ offers: [Offer], from caller: WorkloadID, _ catalog: WorkloadCatalog) {
        guard let from = catalog.selector(of: caller) else { return }
        for offer in offers where offer.workload != caller {
            guard let to = catalog.selector(of: offer.workload) else { continue }
            let evidence = Self.evidence(
                "\(caller) -> \(offer.workload) TCP/\(offer.port)", note: "declared by \(offer.declaredBy)")
            let port = RulePort(.tcp, offer.port)
            incoming[offer.workload, default: []].append(
                Declared(peers: [.pods(caller.namespace, from)], port: port, evidence: evidence))
            outgoing[caller, default: []].append(
                Declared(peers: [.pods(offer.workload.namespace, to)], port: port, evidence: evidence))
        }
    }

    /// The workloads that were seen to call such ports, and little else, each with whom it called; sorted.
    private static func callers(of offers: [Offer], _ ledger: EdgeLedger) -> [(WorkloadID, targets: [WorkloadID])] {
        guard !offers.isEmpty else { return [] }
        let table = ledger.edges
        let ports = Dictionary(grouping: offers, by: \.workload).mapValues { Set($0.map(\.port)) }
        let offered = table.parties.map { $0.workload.flatMap { ports[$0] } ?? [] }
        let isWorkload = table.parties.map { $0.workload != nil }
        var called: [Int32: Set<Int32>] = [:]
        var matching: [Int32: Set<Int32>] = [:]
        for number in ledger.learned {
            let edge = table.edges[Int(number)]
            guard edge.protocol == .tcp, edge.port != Port(53), isWorkload[Int(edge.source)],
                isWorkload[Int(edge.destination)]
            else { continue }
            called[edge.source, default: []].insert(edge.destination)
            if offered[Int(edge.destination)].contains(edge.port) {
                matching[edge.source, default: []].insert(edge.destination)
            }
        }
        let found = matching.filter { source, targets in
            Double(targets.count) >= callerShare * Double(called[source]?.count ?? 0)
        }
        return found.sorted { $0.key < $1.key }.compactMap { source, targets in
            table.parties[Int(source)].workload.map { ($0, targets.compactMap { table.parties[Int($0)].workload }) }
        }
    }
}
