/// Finds the workloads whose selectors a set of labels satisfies, without trying all of the namespace.
struct SelectorIndex: Sendable {
    private struct Pair: Hashable, Sendable {
        let namespace: Namespace
        let key: String
        let value: String
    }

    /// Each workload under one label that it requires, the rarest of them.
    private var anchored: [Pair: [Workload]] = [:]
    /// Those that require no label by value (only expressions).
    private var unanchored: [Namespace: [Workload]] = [:]

    init(_ workloads: [Workload]) {
        var frequency: [Pair: Int] = [:]
        for workload in workloads {
            for pair in Self.required(workload) { frequency[pair, default: 0] += 1 }
        }
        for workload in workloads {
            let rarest = Self.required(workload).min {
                (frequency[$0] ?? 0, $0.key) < (frequency[$1] ?? 0, $1.key)
            }
            if let rarest {
                anchored[rarest, default: []].append(workload)
            } else if workload.selector?.isEmpty == false {
                unanchored[workload.id.namespace, default: []].append(workload)
            }
        }
    }

    /// The workloads of the namespace that would select a pod with these labels, sorted by identity.
    func selecting(_ labels: Labels, in namespace: Namespace) -> [Workload] {
        guard !labels.isEmpty else { return [] }
        var found = unanchored[namespace] ?? []
        for (key, value) in labels {
            found += anchored[Pair(namespace: namespace, key: key, value: value)] ?? []
        }
        return found.filter { Self.selects($0, labels) }.sorted { $0.id < $1.id }
    }

    /// True if the labels hold all of the workload's template labels but those that differ from pod to pod.
    static func hasStableLabels(_ workload: Workload, of labels: Labels) -> Bool {
        workload.templateLabels.allSatisfy { VolatileLabel.keys.contains($0.key) || labels[$0.key] == $0.value }
    }

    private static func selects(_ workload: Workload, _ labels: Labels) -> Bool {
        guard let selector = workload.selector else { return hasStableLabels(workload, of: labels) }
        return selector.isSatisfied(by: labels)
    }

    private static func required(_ workload: Workload) -> [Pair] {
        let labels =
            workload.selector?.matchLabels
            ?? workload.templateLabels.filter { !VolatileLabel.keys.contains($0.key) }
        return labels.map { Pair(namespace: workload.id.namespace, key: $0.key, value: $0.value) }
    }
}

/// Labels that controllers put on single pods or revisions; records of a workload come without them.
enum VolatileLabel {
    static let keys: Set<String> = [
        "apps.kubernetes.io/pod-index", "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index", "batch.kubernetes.io/job-name", "controller-revision-hash",
        "controller-uid", "job-name", "pod-template-generation", "pod-template-hash", "rollouts-pod-template-hash",
        "statefulset.kubernetes.io/pod-name",
    ]
}

extension LabelSelector {
    /// True if the labels meet every requirement (API reference, LabelSelector: NotIn and DoesNotExist hold for an
    /// absent key).
    package func isSatisfied(by labels: Labels) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { requirement in
                let value = labels[requirement.key]
                return switch requirement.operator {
                case .in: value.map(requirement.values.contains) ?? false
                case .notIn: !(value.map(requirement.values.contains) ?? false)
                case .exists: value != nil
                case .doesNotExist: value == nil
                }
            }
    }
}
