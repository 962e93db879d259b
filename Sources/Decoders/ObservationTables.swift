package import Domain

/// What the numbers in decoded observations stand for. Numbers are valid until the decoder's `reset`.
package struct ObservationTables: Sendable {
    /// Peers without their addresses.
    package internal(set) var peers: [ObservedPeer] = []
    package internal(set) var addresses: [IPAddress] = []
    package internal(set) var names: [String] = []
    package internal(set) var pods: [Pod] = []
    package internal(set) var users: [User] = []
    package internal(set) var subjects: [Subject] = []
    package internal(set) var actions: [AccessAction] = []
    package internal(set) var reasons: [String] = []
    package internal(set) var callers: [String] = []

    private var peerNumbers: [ObservedPeer: Int32] = [:]
    private var podNumbers: [Pod: Int32] = [:]
    private var addressNumbers: [IPAddress: Int32] = [:]
    private var nameNumbers: [String: Int32] = [:]
    private var subjectNumbers: [Subject: Int32] = [:]
    private var callerNumbers: [String: Int32] = [:]

    /// A pod and the peer that it belongs to.
    package struct Pod: Hashable, Sendable {
        package let peer: Int32
        package let name: String
    }

    /// An authenticated user as one event showed it.
    package struct User: Sendable {
        package let subject: Int32
        package let groups: [String]
    }

    /// The peer of a reference, with its address.
    package func peer(_ reference: PeerReference) -> ObservedPeer {
        let peer = peers[Int(reference.peer)]
        return reference.address < 0 ? peer : ObservedPeer(peer.kind, address: addresses[Int(reference.address)])
    }

    mutating func number(of peer: ObservedPeer) -> Int32 { Self.number(of: peer, in: &peerNumbers, list: &peers) }

    mutating func number(of pod: Pod) -> Int32 { Self.number(of: pod, in: &podNumbers, list: &pods) }

    mutating func number(of address: IPAddress) -> Int32 {
        Self.number(of: address, in: &addressNumbers, list: &addresses)
    }

    mutating func number(ofName name: String) -> Int32 { Self.number(of: name, in: &nameNumbers, list: &names) }

    mutating func number(of subject: Subject) -> Int32 {
        Self.number(of: subject, in: &subjectNumbers, list: &subjects)
    }

    mutating func number(ofCaller name: String) -> Int32 {
        Self.number(of: name, in: &callerNumbers, list: &callers)
    }

    mutating func add(_ user: User) -> Int32 {
        users.append(user)
        return Int32(users.count - 1)
    }

    mutating func add(reason: String) -> Int32 {
        reasons.append(reason)
        return Int32(reasons.count - 1)
    }

    mutating func add(_ action: AccessAction) -> Int32 {
        actions.append(action)
        return Int32(actions.count - 1)
    }

    private static func number<Value: Hashable>(
        of value: Value, in numbers: inout [Value: Int32], list: inout [Value]
    ) -> Int32 {
        if let known = numbers[value] { return known }
        let number = Int32(list.count)
        numbers[value] = number
        list.append(value)
        return number
    }
}
