import Domain
import PolicyEvaluator
import RBACLearner

/// Replays learned requests against roles and bindings, with the evaluator as the judge.
struct AccessReplay {
    /// In the subjects' order.
    private let requests: [[ObservedAccess]]

    /// All subjects, or those of the titles alone.
    init(_ learned: LearnedAccess, titles: Set<ExactText>?) {
        let subjects =
            titles.map { titles in learned.subjects.filter { titles.contains(ExactText($0.subject.description)) } }
            ?? learned.subjects
        requests = subjects.map(\.observed)
    }

    private init(_ requests: [ObservedAccess]) { self.requests = [requests] }

    /// The requests of each namespace, in the subjects' order: no object of another one makes a difference to them, but for
    /// what is cluster-wide.
    static func byNamespace(_ learned: LearnedAccess) -> [Namespace: AccessReplay] {
        Dictionary(grouping: learned.subjects.flatMap(\.observed)) { $0.action.namespace }.mapValues {
            AccessReplay($0)
        }
    }

    static let nothing = AccessReplay([])

    var count: Int { requests.reduce(0) { $0 + $1.count } }

    func denied(by grants: AccessGrants) -> [ReplayReport.Denied] {
        let evaluator = AccessEvaluator(grants: grants)
        return requests.flatMap { requests in
            requests.compactMap { observed in
                let verdict = evaluator.verdict(
                    subject: observed.requester, groups: observed.groups, action: observed.action)
                guard !verdict.isAllowed else { return nil }
                return ReplayReport.Denied(
                    what: "\(observed.requester) \(observed.action.phrase)", by: ["no role that grants it"])
            }
        }
    }

    /// The roles that Kubernetes itself keeps, with their bindings; they hold whatever a repository says.
    static func builtInGrants(_ live: AccessGrants) -> AccessGrants {
        AccessGrants(
            roles: live.roles.filter { $0.labels.areKubernetesOwn },
            bindings: live.bindings.filter { $0.labels.areKubernetesOwn })
    }
}

extension Labels {
    /// True for what the API server makes and keeps up by itself.
    fileprivate var areKubernetesOwn: Bool { self["kubernetes.io/bootstrapping"] == "rbac-defaults" }
}
