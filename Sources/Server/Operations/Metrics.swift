import Synchronization

/// Named numbers that grow, change or are distributed, as Prometheus reads them (text exposition format 0.0.4).
final class MetricFamily: Sendable {
    /// What the numbers are.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    private struct Distribution {
        var counts: [UInt64]
        var sum = 0.0
    }

    private struct State {
        var numbers: [[String]: Double] = [:]
        var distributions: [[String]: Distribution] = [:]
    }

    let name: String
    private let help: String
    private let kind: Kind
    private let labels: [String]
    /// Upper bounds of a histogram's buckets, ascending.
    private let buckets: [Double]
    private let state = Mutex(State())

    /// Label values may come from outside: from so many combinations on, further ones are counted together.
    private static let mostCombinations = 1000

    init(_ kind: Kind, _ name: String, _ help: String, labels: [String] = [], buckets: [Double] = []) {
        self.kind = kind
        self.name = name
        self.help = help
        self.labels = labels
        self.buckets = buckets
        if labels.isEmpty, kind != .histogram { set(0) }
    }

    /// Adds to the number with these label values.
    func add(_ amount: Double = 1, _ values: String...) {
        state.withLock { state in
            let key = Self.bounded(values, known: state.numbers)
            state.numbers[key, default: 0] += amount
        }
    }

    /// Sets the number with these label values.
    func set(_ value: Double, _ values: String...) {
        state.withLock { $0.numbers[Self.bounded(values, known: $0.numbers)] = value }
    }

    /// The number with these label values; 0 where there is none.
    func value(_ values: String...) -> Double {
        state.withLock { $0.numbers[values] ?? 0 }
    }

    /// Counts one value of a histogram.
    func observe(_ value: Double, _ values: String...) {
        state.withLock { state in
            var distribution =
                state.distributions[values] ?? Distribution(counts: Array(repeating: 0, count: buckets.count + 1))
            distribution.counts[buckets.firstIndex { value <= $0 } ?? buckets.count] += 1
            distribution.sum += value
            state.distributions[values] = distribution
        }
    }

    /// Counts one duration, in seconds.
    func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    private static func bounded(_ values: [String], known: [[String]: Double]) -> [String] {
        guard known[values] == nil, known.count >= mostCombinations else { return values }
        return values.map { _ in "other" }
    }

    /// The family in the text format, its lines sorted by label values.
    func render(into text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        let state = state.withLock { $0 }
        for (values, number) in state.numbers.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            text += "\(name)\(labelText(values)) \(Self.text(number))\n"
        }
        for (values, distribution) in state.distributions.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            render(values, distribution, into: &text)
        }
    }

    private func render(_ values: [String], _ distribution: Distribution, into text: inout String) {
        var total: UInt64 = 0
        for (bound, count) in zip(buckets.map(Self.text) + ["+Inf"], distribution.counts) {
            total += count
            text += "\(name)_bucket\(labelText(values, more: ("le", bound))) \(total)\n"
        }
        text += "\(name)_sum\(labelText(values)) \(Self.text(distribution.sum))\n"
        text += "\(name)_count\(labelText(values)) \(total)\n"
    }

    private func labelText(_ values: [String], more: (String, String)? = nil) -> String {
        let pairs = Array(zip(labels, values)) + (more.map { [$0] } ?? [])
        guard !pairs.isEmpty else { return "" }
        return "{" + pairs.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    private static func text(_ number: Double) -> String {
        let whole = number.rounded(.towardZero)
        return whole == number && abs(whole) < 1e15 ? String(Int64(whole)) : String(number)
    }
}

/// All numbers that the service counts.
final class ServerMetrics: Sendable {
    private static let latencies = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10]

    let records = MetricFamily(
        .counter, "leastwise_records_total", "Records received, by what became of them.",
        labels: ["source", "outcome"])
    let diagnostics = MetricFamily(
        .counter, "leastwise_diagnostics_total", "Rejected records, by why.", labels: ["source", "kind"])
    let ignored = MetricFamily(
        .counter, "leastwise_ignored_total", "Records without an observation, by why.", labels: ["source", "reason"])
    let bytes = MetricFamily(
        .counter, "leastwise_received_bytes_total", "Bytes of records, decompressed.", labels: ["source"])
    let lost = MetricFamily(
        .counter, "leastwise_lost_total", "Records or bytes that a source lost before they were read.",
        labels: ["source", "unit"])
    let requests = MetricFamily(
        .counter, "leastwise_http_requests_total", "Requests answered.", labels: ["route", "status"])
    let refusals = MetricFamily(
        .counter, "leastwise_refused_total", "Requests refused, by why.", labels: ["reason"])
    let connections = MetricFamily(.gauge, "leastwise_connections", "Open connections.")
    let waiting = MetricFamily(.gauge, "leastwise_commit_queue", "Batches that wait for a commit.")
    let buffered = MetricFamily(
        .gauge, "leastwise_buffered_bytes", "Memory held for bodies that are being received.")
    let commit = MetricFamily(
        .histogram, "leastwise_commit_seconds", "Time of a commit.", buckets: latencies)
    let acknowledgement = MetricFamily(
        .histogram, "leastwise_acknowledgement_seconds",
        "Time from the last byte of a batch to its durable commit.", buckets: latencies)
    let commits = MetricFamily(
        .counter, "leastwise_commits_total", "Commits, by outcome.", labels: ["outcome"])
    let rows = MetricFamily(.counter, "leastwise_rows_total", "Rows of edges and sightings committed.")
    let storeBytes = MetricFamily(
        .gauge, "leastwise_store_bytes", "Size of the store.", labels: ["part"])
    let edges = MetricFamily(.gauge, "leastwise_edges", "Edges known, estimated.", labels: ["kind"])
    let pruned = MetricFamily(
        .counter, "leastwise_pruned_rows_total", "Rows forgotten by retention.")
    let learning = MetricFamily(
        .histogram, "leastwise_learn_seconds", "Time of a learning run.",
        buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600])
    let runs = MetricFamily(
        .counter, "leastwise_learn_total", "Learning runs, by outcome.", labels: ["outcome"])
    let lastRun = MetricFamily(
        .gauge, "leastwise_learn_last_success_timestamp_seconds", "When the last learning run succeeded.")
    let proposals = MetricFamily(
        .counter, "leastwise_proposals_total", "Scopes of learning runs, by result.", labels: ["result"])
    let sources = MetricFamily(
        .gauge, "leastwise_source_up", "1 while a source that is pulled answers.", labels: ["source"])
    let objects = MetricFamily(
        .counter, "leastwise_object_changes_total", "Changes of watched objects.", labels: ["change"])

    init() {}

    private var families: [MetricFamily] {
        [
            acknowledgement, buffered, bytes, commit, commits, connections, diagnostics, edges, ignored, lastRun,
            learning, lost, objects, proposals, pruned, records, refusals, requests, rows, runs, sources, storeBytes,
            waiting,
        ]
    }

    /// Everything in Prometheus' text format.
    var text: String {
        var text = ""
        for family in families { family.render(into: &text) }
        return text
    }

    func observeCommit(_ duration: Duration, rows count: Int, failed: Bool) {
        commit.observe(duration)
        commits.add(1, failed ? "failed" : "stored")
        if !failed { rows.add(Double(count)) }
    }
}
