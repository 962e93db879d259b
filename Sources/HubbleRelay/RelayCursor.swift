package import Domain

/// How far a stream of flows came: what is stored with the flows' commit, so that the next stream goes on from there.
///
/// Relay merges the streams of all nodes and sorts them within about a second only (Cilium, pkg/hubble/relay/observer,
/// `sortFlows`), and nodes' clocks differ. So no single time says what came already. The next stream begins a little
/// before the slowest node's place, and what comes again is recognised by its hash.
package struct RelayCursor: Sendable, Equatable {
    /// How far before the slowest node's place the next stream begins.
    static let overlap: Int64 = 2_000_000_000
    /// A node that is not heard for as long no longer holds the place back.
    private static let nodeMemory: Int64 = 300_000_000_000
    private static let maxNodes = 4096
    private static let segmentSize = 1024
    private static let maxSegments = 16

    /// One node's part of the stream.
    struct Node: Sendable, Equatable {
        var name: [UInt8]
        /// The newest flow's time.
        var newest: Int64
        /// How much later than its own time the last flow came: the delay, and the difference of the clocks.
        var lag: Int64
        /// When it came, by the clock of this side.
        var heard: Int64
    }

    /// Records that came about the same time.
    struct Segment: Sendable, Equatable {
        var hashes: [UInt64] = []
        var newest = Int64.min
    }

    /// When the last flow came, by the clock of this side; nil before the first.
    private(set) var heard: Int64?
    /// By the hash of the node's name.
    private(set) var nodes: [UInt64: Node] = [:]
    private(set) var segments: [Segment] = [Segment()]
    /// The newest time of records whose hashes are forgotten.
    private(set) var forgotten = Int64.min
    /// Where the running stream began, as long as nodes of the one before it are still to be heard.
    private var start: Int64?
    /// The nodes that may still have to send what happened since `start`.
    private var awaited: Set<UInt64> = []
    private var begun: Int64 = 0

    /// The place before the first flow.
    package init() {}

    init(start: Int64?, nodes: [Node], hashes: [UInt64], forgotten: Int64) {
        self.start = start
        self.forgotten = forgotten
        heard = nodes.map(\.heard).max()
        for node in nodes { self.nodes[Self.key(node.name)] = node }
        let newest = nodes.map(\.newest).max() ?? start ?? .min
        var rest = hashes[...]
        segments = []
        while !rest.isEmpty {
            segments.append(Segment(hashes: Array(rest.prefix(Self.segmentSize)), newest: newest))
            rest = rest.dropFirst(Self.segmentSize)
        }
        segments.append(Segment())
    }

    private static func key(_ name: [UInt8]) -> UInt64 { name.withUnsafeBytes { RelayRecord.Identity.hash($0) } }

    /// The time from which on the next stream has to be asked for; nil where no flow came yet.
    package var since: Timestamp? {
        guard let heard else { return start.map { Timestamp(nanoseconds: $0) } }
        let lag = nodes.values.lazy.filter { heard.subtractingClamped($0.heard) <= Self.nodeMemory }.map(\.lag).max()
        let place = heard.subtractingClamped(max(lag ?? 0, 0)).subtractingClamped(Self.overlap)
        let isCatchingUp = !awaited.isEmpty && heard.subtractingClamped(begun) <= Self.nodeMemory
        return Timestamp(nanoseconds: max(isCatchingUp ? min(place, start ?? place) : place, 0))
    }

    /// Begins a stream at this position: nodes that were heard shortly before are awaited, and until they are heard, or
    /// five minutes are over, the position stays where it is. Returns them with the newest time of each.
    mutating func begin(at now: Int64) -> [UInt64: Int64] {
        start = since?.rawValue
        begun = now
        let recent = nodes.filter { (heard ?? now).subtractingClamped($0.value.heard) <= Self.nodeMemory }
        awaited = Set(recent.keys)
        let sure = max(start ?? .max, forgotten)
        return recent.mapValues(\.newest).filter { $0.value >= sure && $0.value > forgotten }
    }

    /// The hashes of the records that may come again.
    var hashes: [UInt64] { segments.flatMap(\.hashes) }

    /// Notes a record that came at `arrival`, by the clock of this side.
    mutating func add(_ hash: UInt64, time: Timestamp?, arrival: Int64) {
        let last = segments.count - 1
        segments[last].hashes.append(hash)
        segments[last].newest = max(segments[last].newest, min(time?.rawValue ?? arrival, arrival))
        guard segments[last].hashes.count >= Self.segmentSize else { return }
        segments.append(Segment())
        forget()
    }

    /// Notes where a node is with its flows.
    mutating func hear(_ name: UnsafeRawBufferPointer, time: Timestamp, arrival: Int64) {
        heard = arrival
        let key = RelayRecord.Identity.hash(name)
        if !awaited.isEmpty { awaited.remove(key) }
        let lag = arrival.subtractingClamped(time.rawValue)
        if let index = nodes.index(forKey: key) {
            nodes.values[index].newest = max(nodes.values[index].newest, time.rawValue)
            nodes.values[index].lag = lag
            nodes.values[index].heard = arrival
        } else {
            if nodes.count >= Self.maxNodes {
                nodes = nodes.filter { arrival.subtractingClamped($0.value.heard) <= Self.nodeMemory }
            }
            // The names are the server's own; more nodes than any cluster has are not kept.
            guard nodes.count < Self.maxNodes else { return }
            nodes[key] = Node(name: Array(name.prefix(256)), newest: time.rawValue, lag: lag, heard: arrival)
        }
    }

    /// Drops records that are older than what the next stream will bring, or too many.
    private mutating func forget() {
        let horizon = (since?.rawValue ?? .min).subtractingClamped(Self.overlap)
        segments.removeAll { !$0.hashes.isEmpty && $0.newest < horizon }
        while segments.count > Self.maxSegments {
            forgotten = max(forgotten, segments.removeFirst().newest)
        }
    }
}

extension Int64 {
    /// The difference, or the smallest number if it does not fit: times in records are hostile until read.
    fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
