import Domain
import GRDB

@testable import Store

extension Store {
    /// Everything that a reader can see, as lines of text.
    func dump() throws -> [String] {
        var lines: [String] = []
        for cluster in try clusters() {
            lines.append("\(cluster) newest \(try newestObservation(cluster: cluster)?.rawValue ?? 0)")
            lines += try connections(cluster: cluster).map { "\(cluster) \(Self.text($0.edge)) \($0.fact)" }
            lines += try accesses(cluster: cluster).map { "\(cluster) \($0)" }
            lines += try addressSightings(cluster: cluster).map {
                "\(cluster) \($0.address) \(Self.text($0.peer)) \($0.podName) \($0.first) \($0.last)"
            }
            lines += try nameSightings(cluster: cluster).map { "\(cluster) \($0)" }
            lines += try memberships(cluster: cluster).map { "\(cluster) \($0.key) \($0.value.sorted())" }.sorted()
            lines += try coverage(cluster: cluster).map { "\(cluster) \($0)" }
            lines += try objects(cluster: cluster).map { "\(cluster) \($0)" }
        }
        return try lines + facts()
    }

    /// The facts period by period, as they are stored.
    private func facts() throws -> [String] {
        let sql = """
            SELECT c.name, s.workload_name, s.address, d.workload_name, d.address, e.protocol, e.port, e.direction, f.period,
            f.count, f.attempts, f.answers, f.refusals, f.first_seen, f.last_seen, f.days, f.hours, f.sources,
            f.sample
            FROM connection_fact f JOIN connection_edge e ON e.id = f.edge JOIN cluster c ON c.id = e.cluster
            JOIN peer s ON s.id = e.source JOIN peer d ON d.id = e.destination ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
            """
        return try pool.read { db in try Row.fetchAll(db, sql: sql).map(\.description) }
    }

    private static func text(_ edge: ConnectionEdge) -> String {
        "\(text(edge.source)) -> \(text(edge.destination)) \(edge.protocol) \(edge.port) \(edge.direction)"
    }

    private static func text(_ peer: ObservedPeer) -> String {
        "\(peer.kind) \(peer.namespace) \(peer.workloadName) \(LabelText.encode(peer.labels)) "
            + (peer.address?.description ?? "")
    }
}
