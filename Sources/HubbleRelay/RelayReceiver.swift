import Domain

/// Turns the pieces of streams into lines and a position; one for all streams of a run.
final class RelayReceiver {
    private let options: RelayOptions
    private let report: (RelayEvent) -> Void
    private let deliver: (UnsafeRawBufferPointer, RelayCursor) throws -> Void
    private var lines = LineBuffer()
    private var transcoder = FlowTranscoder()
    private var frames: GRPCFrames
    private var recent: RecentRecords
    private(set) var cursor: RelayCursor
    /// Where a stream begins as long as no flow came.
    private var beginning: Timestamp?
    /// Nodes whose last flow has to come again, with its time; whose does not has lost flows.
    private var awaited: [UInt64: Int64] = [:]
    private var tally = Tally()

    /// Whether this stream brought anything.
    private(set) var hasAnswered = false
    /// Whether lines of this stream were delivered.
    private(set) var hasDelivered = false
    /// Why the stream has to end: it is not gRPC.
    private(set) var fault: RelayError?
    /// Why the run has to end: whoever takes the lines could not.
    private(set) var refusal: (any Error)?

    /// What a piece brought besides lines.
    private struct Tally {
        var lines = 0
        var repeated = 0
        var unknown = 0
        var unreadable = 0
        var fault = ProtobufFault.truncated
        var oversized = 0
    }

    init(
        resuming cursor: RelayCursor?, options: RelayOptions, report: @escaping (RelayEvent) -> Void,
        deliver: @escaping (UnsafeRawBufferPointer, RelayCursor) throws -> Void
    ) {
        self.options = options
        self.report = report
        self.deliver = deliver
        self.cursor = cursor ?? RelayCursor()
        recent = RecentRecords(self.cursor.hashes)
        frames = GRPCFrames(maxMessageBytes: options.maxMessageBytes)
        beginning = options.beginning
    }

    /// Where the next stream has to begin.
    var since: Timestamp? { cursor.since ?? beginning }

    /// Forgets what belongs to the stream before.
    func begin(at now: Timestamp) {
        frames = GRPCFrames(maxMessageBytes: options.maxMessageBytes)
        awaited = cursor.begin(at: now.rawValue)
        // Who asks for what comes next, and loses the stream before anything came, asks for what came since.
        beginning = beginning ?? now
        hasAnswered = false
        hasDelivered = false
        fault = nil
    }

    /// Takes a piece that came at a time; false ends the stream.
    func take(_ piece: UnsafeRawBufferPointer, at now: Timestamp, since: Timestamp?) -> Bool {
        if !hasAnswered {
            hasAnswered = true
            report(.connected(since: since))
        }
        tally = Tally()
        let oversized = frames.oversized
        do {
            try frames.take(piece) { read($0, at: now) }
        } catch let error as GRPCFrames.Fault {
            fault = RelayError(error)
        } catch {
            refusal = error
        }
        tally.oversized = frames.oversized - oversized
        reportTally()
        return handOn() && fault == nil
    }

    private func read(_ message: UnsafeRawBufferPointer, at now: Timestamp) {
        let start = lines.count
        do throws(ProtobufFault) {
            let record = try transcoder.transcode(message, into: &lines)
            if record.kind == .nodeStatus { report(.nodes(try RelayNodes(record.content))) }
            guard record.kind != .other else { return tally.unknown += 1 }
            note(record, from: start, at: now)
        } catch {
            lines.truncate(to: start)
            tally.unreadable += 1
            tally.fault = error
        }
    }

    /// Leaves a record out that came before, and notes all others in the position.
    private func note(_ record: RelayRecord, from start: Int, at now: Timestamp) {
        let hash = record.identity.hash
        guard recent.insert(hash) else {
            lines.truncate(to: start)
            tally.repeated += 1
            if !awaited.isEmpty { awaited[RelayRecord.Identity.hash(record.node)] = nil }
            return
        }
        tally.lines += 1
        cursor.add(hash, time: record.time, arrival: now.rawValue)
        guard record.kind == .flow, let time = record.time else { return }
        if !awaited.isEmpty { findGap(record.node, at: time) }
        cursor.hear(record.node, time: time, arrival: now.rawValue)
    }

    /// A node's ring is read in order, so that its last flow before comes again before a new one, if it is still there.
    private func findGap(_ node: UnsafeRawBufferPointer, at time: Timestamp) {
        let key = RelayRecord.Identity.hash(node)
        guard let last = awaited[key], time.rawValue > last else { return }
        awaited[key] = nil
        report(.gap(RelayGap(node: RelayNodes.text(node), from: Timestamp(nanoseconds: last), to: time)))
    }

    private func reportTally() {
        if tally.repeated > 0 { report(.repeated(tally.repeated)) }
        if tally.unknown > 0 { report(.unknown(tally.unknown)) }
        if tally.unreadable > 0 { report(.unreadable(tally.unreadable, tally.fault)) }
        if tally.oversized > 0 { report(.oversized(tally.oversized)) }
    }

    /// Hands the piece's lines on, and waits until they are taken: what is not read meanwhile holds the sender back.
    private func handOn() -> Bool {
        guard tally.lines > 0, refusal == nil else { return refusal == nil }
        let position = cursor
        do {
            try lines.withBytes { try deliver($0, position) }
            lines.removeAll()
            hasDelivered = true
            return true
        } catch {
            refusal = error
            return false
        }
    }
}
