package import Domain

/// What a set of policies makes of a connection.
package enum NetworkVerdict: Hashable, Sendable {
    /// Both ends let it pass, each for a reason of its own.
    case allowed(egress: Allowance, ingress: Allowance)
    /// At least one end blocks it; egress first.
    case denied([Denial])
    /// ICMP, where all that isolates an end is of `networking.k8s.io/v1`, which cannot name it: network plugins differ.
    case notExpressible

    /// Why one end lets a connection pass.
    package enum Allowance: Hashable, Sendable {
        /// No policy isolates this end in this direction.
        case notIsolated
        /// A pod cannot block itself.
        case samePod
        /// A pod cannot block its own node.
        case ownNode
        /// All rules that allow it, sorted.
        case rules([RuleReference])
    }

    /// An end that blocks: its direction, and all policies that isolate it, sorted.
    package struct Denial: Hashable, Sendable {
        package let direction: NetworkPolicy.PolicyType
        package let policies: [PolicyReference]
    }

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }

    package var isDenied: Bool {
        if case .denied = self { true } else { false }
    }
}

/// A policy's identity; prints as `namespace/name`.
package struct PolicyReference: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let namespace: Namespace
    package let name: String

    package init(namespace: Namespace, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// One rule of a policy, counted from 0 within its direction.
package struct RuleReference: Hashable, Sendable, CustomStringConvertible {
    package let policy: PolicyReference
    package let direction: NetworkPolicy.PolicyType
    package let index: Int

    package init(policy: PolicyReference, direction: NetworkPolicy.PolicyType, index: Int) {
        self.policy = policy
        self.direction = direction
        self.index = index
    }

    /// As in `shop/api ingress[0]`.
    package var description: String { "\(policy) \(direction == .ingress ? "ingress" : "egress")[\(index)]" }
}
