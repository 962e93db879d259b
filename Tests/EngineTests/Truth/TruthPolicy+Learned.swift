import Domain
import NetworkLearner

extension TruthReach {
    init(_ learned: LearnedNetwork?) {
        self.init(policies: (learned?.policies ?? []).map(TruthPolicy.init))
    }
}

extension TruthPolicy {
    /// A learned policy by its values, not by the manifest that is made of it.
    init(_ learned: WorkloadPolicy) {
        let namespace = learned.workload.namespace
        self.init(namespace: namespace, subject: learned.selector.selector)
        rules[.ingress] = learned.ingress?.rules.map(Rule.init)
        rules[.egress] = learned.egress?.rules.map(Rule.init)
    }
}

extension TruthPolicy.Rule {
    init(_ rule: NetworkRule) {
        self.init(
            peers: rule.peers.map(TruthPolicy.Peer.init),
            ports: rule.ports.map {
                .init(protocol: $0.protocol, first: $0.port.rawValue, last: $0.last.rawValue)
            })
    }
}

extension TruthPolicy.Peer {
    init(_ peer: RulePeer) {
        switch peer {
        case .pods(let namespace, let labels): self = .pods(labels.selector, in: namespace)
        case .everyNamespace: self = .podsAnywhere(LabelSelector(), namespaces: LabelSelector())
        case .block(let range): self = .block(range, except: [])
        case .entity(let entity): self = .entity(entity.rawValue)
        case .name(let name): self = .name(name)
        }
    }
}
