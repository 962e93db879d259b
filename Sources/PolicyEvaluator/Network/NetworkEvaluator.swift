package import Domain

/// Judges connections by a set of NetworkPolicies, each as its dialect defines it; policies of all dialects add up.
///
/// The rules come from the API reference (NetworkPolicySpec) and the concept page "Network Policies". Where these leave
/// room: host-network pods are nothing but their node's address; ingress from a pod's own node always passes, egress to
/// it needs a rule (only the concept page exempts it); an `ipBlock` holds a party if it holds the address that the
/// attempt names, or any of its addresses if it names none, whether the party is a pod or not. Named ports are those of
/// the destination pod.
///
/// Selector matches are remembered for each distinct namespace and labels, so that a verdict costs little more than
/// their hash. Not for concurrent use: make one for each job.
package final class NetworkEvaluator {
    private struct PodKey: Hashable {
        let namespace: Namespace
        let labels: Labels
    }

    let table: PolicyTable
    private let namespaces: [Namespace: Labels]
    private var namespaceGroups: [Namespace: [Int]] = [:]
    private var pods: [PodKey: SelectedPod] = [:]
    private var blocks: [IPAddress: [Int]] = [:]
    /// Outside addresses come from observed traffic, without a bound of their own.
    private static let rememberedAddresses = 65_536

    /// Prepares policies for judging. A namespace that is not among `namespaces` has no labels but its name.
    ///
    /// - Parameter enforcedStaged: staged policies are not enforced and isolate nothing, but those with labels that this
    ///   selects are judged as if they were: what is proposed as staged is meant to be enforced one day.
    package init(policies: [NetworkPolicy], namespaces: [Namespace: Labels], enforcedStaged: LabelSelector? = nil) {
        table = PolicyTable(
            policies.filter { $0.dialect != .calicoStaged || enforcedStaged?.matches($0.labels) ?? false })
        self.namespaces = namespaces
    }

    /// Judges one connection, with all rules or policies that explain it.
    package func verdict(_ attempt: ConnectionAttempt) -> NetworkVerdict {
        guard !attempt.source.isSamePod(as: attempt.destination) else {
            return .allowed(egress: .samePod, ingress: .samePod)
        }
        let opening = Opening(attempt, from: selected(attempt.source), to: selected(attempt.destination))
        let egress = passage(.egress, opening, limit: .max)
        let ingress = passage(.ingress, opening, limit: .max)
        let denials = [egress.denial, ingress.denial].compactMap(\.self)
        guard denials.isEmpty else { return .denied(denials) }
        guard let out = egress.allowance, let into = ingress.allowance else { return .notExpressible }
        return .allowed(egress: out, ingress: into)
    }

    /// True if the connection passes: like `verdict(_:)`, without the reasons and faster.
    package func isAllowed(_ attempt: ConnectionAttempt) -> Bool {
        guard !attempt.source.isSamePod(as: attempt.destination) else { return true }
        let opening = Opening(attempt, from: selected(attempt.source), to: selected(attempt.destination))
        return passage(.ingress, opening, limit: 1).allowance != nil
            && passage(.egress, opening, limit: 1).allowance != nil
    }
}

/// An attempt with what the policies say about its ends.
private struct Opening {
    let attempt: ConnectionAttempt
    let source: SelectedPod?
    let destination: SelectedPod?
    let target: PortTarget

    init(_ attempt: ConnectionAttempt, from source: SelectedPod?, to destination: SelectedPod?) {
        self.attempt = attempt
        self.source = source
        self.destination = destination
        target = PortTarget(
            protocol: attempt.protocol, port: attempt.port,
            names: attempt.destination.portNames(attempt.protocol, attempt.port))
    }
}

/// What one end of a connection does with it; both are nil where policies leave it open.
private struct Passage {
    var allowance: NetworkVerdict.Allowance?
    var denial: NetworkVerdict.Denial?
}

extension NetworkEvaluator {
    private func passage(_ direction: NetworkPolicy.PolicyType, _ opening: Opening, limit: Int) -> Passage {
        let subject = direction == .ingress ? opening.destination?.ingress : opening.source?.egress
        guard let subject, !subject.policies.isEmpty else { return Passage(allowance: .notIsolated) }
        let attempt = opening.attempt
        if direction == .ingress, attempt.source.isOwnNode(of: attempt.destination) {
            return Passage(allowance: .ownNode)
        }
        let rules = allowing(subject, direction, opening, limit: limit)
        if !rules.isEmpty { return Passage(allowance: .rules(rules.map { table.rules[$0].reference })) }
        guard !attempt.protocol.hasPorts else {
            return Passage(denial: .init(direction: direction, policies: subject.references))
        }
        let deciding = subject.decidingICMP
        return deciding.isEmpty ? Passage() : Passage(denial: .init(direction: direction, policies: deciding))
    }

    /// The numbers of the rules that allow the attempt, ascending; with a limit, the first that are found.
    private func allowing(
        _ subject: SelectedPod.Isolation, _ direction: NetworkPolicy.PolicyType, _ opening: Opening, limit: Int
    ) -> [Int] {
        var found = subject.open.filter { table.rules[$0].matches(opening.target) }
        guard found.count < limit, !subject.byPeer.isEmpty else { return found }
        let attempt = opening.attempt
        let peers =
            direction == .ingress
            ? peers(of: attempt.source, opening.source, at: attempt.sourceAddress, facing: attempt.destination)
            : peers(
                of: attempt.destination, opening.destination, at: attempt.destinationAddress, facing: attempt.source,
                isDestination: true)
        for numbers in rules(subject.byPeer, for: peers) {
            found += numbers.filter { table.rules[$0].matches(opening.target) }
            if found.count >= limit { return found }
        }
        return sortedUnique(found)
    }

    /// The rules for some of the peers: goes through the shorter of both lists.
    private func rules(_ byPeer: [Int: [Int]], for peers: [Int]) -> [[Int]] {
        guard peers.count > byPeer.count else { return peers.compactMap { byPeer[$0] } }
        let wanted = Set(peers)
        return byPeer.filter { wanted.contains($0.key) }.map(\.value)
    }

    func sortedUnique(_ numbers: [Int]) -> [Int] {
        guard numbers.count > 1 else { return numbers }
        return numbers.sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// What the policies say about a pod; nil for whatever they cannot select.
    func selected(_ party: NetworkParty) -> SelectedPod? {
        guard party.isSelectable, let namespace = party.namespace else { return nil }
        let key = PodKey(namespace: namespace, labels: party.labels)
        if let known = pods[key] { return known }
        let pod = SelectedPod(
            labels: party.labels, namespace: namespace, namespaceGroups: groups(of: namespace), table: table)
        pods[key] = pod
        return pod
    }

    private func groups(of namespace: Namespace) -> [Int] {
        if let known = namespaceGroups[namespace] { return known }
        var labels = namespaces[namespace] ?? [:]
        // The API server sets it on every namespace and keeps it (KEP-2161).
        labels["kubernetes.io/metadata.name"] = namespace.rawValue
        let groups = table.peers.namespaceGroups(labels)
        namespaceGroups[namespace] = groups
        return groups
    }

    func blocks(holding address: IPAddress) -> [Int] {
        if let known = blocks[address] { return known }
        if blocks.count >= Self.rememberedAddresses { blocks.removeAll(keepingCapacity: true) }
        let found = table.peers.blocks(holding: address)
        blocks[address] = found
        return found
    }
}
