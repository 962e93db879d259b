import Domain
import NetworkLearner
import RBACLearner

/// Makes the preview: learns, builds all items, lets the judge replay everything, and then filters what is shown.
package struct PreviewJob {
    private let learned: LearnedCluster

    package init(_ learned: LearnedCluster) {
        self.learned = learned
    }

    /// What to show. Empty fields show everything.
    package struct Filter: Sendable {
        package var namespace: String?
        /// A workload's or subject's whole title, `shop/Deployment/web`, or its last part.
        package var workload: String?
        package var kind: ProposedItem.Kind?

        package init(namespace: String? = nil, workload: String? = nil, kind: ProposedItem.Kind? = nil) {
            self.namespace = namespace
            self.workload = workload
            self.kind = kind
        }

        func includes(_ item: ProposedItem) -> Bool {
            if let namespace, item.namespace.rawValue != namespace { return false }
            if let kind, item.kind != kind { return false }
            guard let workload else { return true }
            return item.title == workload
                || item.title.split(whereSeparator: { "/ ".contains($0) }).last ?? "" == workload
        }
    }

    /// Throws `EngineError` if something observed would be denied: then the report is the error's message.
    package func run(_ filter: Filter = Filter()) throws -> PreviewReport {
        let items = try ItemList.all(learned)
        let judge = ClusterJudge(learned)
        let policies = items.flatMap(\.policies)
        let grants = AccessGrants(roles: items.flatMap(\.grants.roles), bindings: items.flatMap(\.grants.bindings))
        let replay = judge.replay(policies: policies, grants: grants)
        guard replay.denied.isEmpty else { throw ObservedWouldBeDenied(report: replay) }
        let shown = items.filter(filter.includes)
        let workloads = Set(shown.flatMap(\.workloads))
        return PreviewReport(
            learned: learned, items: shown, replay: replay, slack: judge.slack(of: workloads, policies: policies))
    }
}

/// The judge found that something observed would be denied. Nothing is proposed then.
package struct ObservedWouldBeDenied: Error, CustomStringConvertible {
    package let report: ReplayReport

    package var description: String {
        let shown = report.denied.prefix(50).map { "  \($0.text)" }
        let more = report.denied.count > 50 ? ["  and \(report.denied.count - 50) more"] : []
        return (["\(report.denied.count) of \(report.observed) observations would be denied:"] + shown + more)
            .joined(separator: "\n")
    }
}

/// The items of all workloads and subjects.
enum ItemList {
    /// Sorted by kind, namespace and title. Throws if two would have the same file.
    static func all(_ learned: LearnedCluster) throws -> [ProposedItem] {
        let users = AccountUsers(learned.requests)
        let names = PeerNames(learned.network, learned.inventory)
        let network = learned.network.policies.compactMap { ProposedItem($0, names: names) }
        let access = learned.access.subjects.map { ProposedItem($0, learned, users: users) }
        var files: [String: String] = [:]
        for item in network + access {
            let key = "\(item.namespace)/\(item.fileName)"
            if let other = files.updateValue(item.title, forKey: key) {
                throw EngineError(
                    code: .nameCollision, message: "\(other) and \(item.title) would share the file \(key)",
                    hint: "rename one of them; their names differ too little to be told apart in a file name")
            }
        }
        return network + access
    }
}
