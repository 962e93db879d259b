import AppConfiguration
import Domain
import HTTPTypes
import Hummingbird
import Ingest
import Logging
import NIOCore
import Store
import Synchronization

/// Takes a batch of records: `POST /v1/observations/{source}`.
struct ObservationsHandler: Sendable {
    let intake: Intake
    let store: Store
    let disk: DiskQueue
    let rates: RateLimiter
    /// Of senders without one of their own.
    let cluster: ClusterName
    /// Bytes of a body, decompressed.
    let maximumBody: Int
    let now: @Sendable () -> Timestamp
    let keysInProgress = KeysInProgress()

    func respond(_ request: RouteRequest) async throws -> Response {
        guard let source = request.source else { throw Self.notFound }
        if intake.isDraining { throw Self.draining }
        if let sender = request.principal.sender, let seconds = rates.admit(sender, now: .now) {
            throw Problem(
                .tooManyRequests, "rate", "Too many requests", detail: "the sender's rate is used up",
                retryAfter: seconds)
        }
        let head = try BodyHead(request.request.headers, maximumBody: maximumBody)
        let lane = await intake.lane(source, request.principal.sender?.cluster ?? cluster)
        let (answer, isReplay) =
            if let key = head.key {
                try await self.answer(key: key, head, request, lane)
            } else {
                (try await self.answer(head, request, lane), false)
            }
        if answer.isUseless { throw Self.useless(answer) }
        var response = RouteHandlers.json(answer)
        if isReplay { response.headers[.idempotencyReplayed] = "true" }
        return response
    }

    // MARK: - Bodies without a key

    private func answer(_ head: BodyHead, _ request: RouteRequest, _ lane: Lane) async throws -> IngestAnswer {
        var body = try await StreamedBody(
            lane, intake, head, name: request.id, owner: request.principal.sender?.name, maximum: maximumBody)
        do {
            try await receive(request) { try await body.take($0) }
            let ended = try await body.finish()
            count(ended.summary, request, lane)
            try await intake.committer.commit(lane, since: ended.firstCut)
            return IngestAnswer(ended.summary)
        } catch BodyFailure.damaged(let damage, let ended?) {
            count(ended.summary, request, lane)
            try await committed(lane, ended)
            throw problem(BodyFailure.damaged(damage, ended))
        } catch {
            if let summary = await body.abandon() { count(summary, request, lane) }
            throw problem(error)
        }
    }

    /// Hands on a body's pieces. Whatever ends it early is the sender's doing, or the network's: throws `BodyBrokeOff`.
    private func receive(_ request: RouteRequest, _ take: (ByteBuffer) async throws -> Void) async throws {
        request.wantBody()
        var pieces = request.request.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do { piece = try await pieces.next() } catch { throw BodyBrokeOff() }
            guard let piece else { return }
            try await take(piece)
        }
    }

    private func committed(_ lane: Lane, _ ended: Lane.Ended) async throws {
        do {
            try await intake.committer.commit(lane, since: ended.firstCut)
        } catch {
            throw problem(error)
        }
    }

    // MARK: - Bodies with a key

    /// Answers from the receipt where the batch was taken before.
    private func answer(
        key: String, _ head: BodyHead, _ request: RouteRequest, _ lane: Lane
    ) async throws -> (IngestAnswer, Bool) {
        let owner = request.principal.name
        guard keysInProgress.begin(owner, key) else {
            throw Problem(
                .conflict, "key in progress", "In progress",
                detail: "a request with this Idempotency-Key has not been answered yet", retryAfter: 1)
        }
        defer { keysInProgress.end(owner, key) }
        let share = MemoryShare(of: intake.budget, owner: request.principal.sender?.name)
        // The batch is held until its commit, not only for as long as it is looked at here.
        defer { _ = share.hold(0) }
        do {
            let body = try await receiveWhole(request, head, share)
            let digest = body.digest
            if let known = try await receipt(owner, key) {
                // Under one key two batches: to acknowledge the second would lose it.
                guard known.digest == digest else { throw Self.otherBody }
                return (known.answer, true)
            }
            let whole = try await decoded(body, head, request, lane, share)
            let answer = StoredAnswer(digest: digest, answer: IngestAnswer(whole.summary))
            let ended = await lane.take(
                whole, receipt: Receipt(sender: owner, key: key, answer: JSON.text(answer), received: now()))
            count(ended.summary, request, lane)
            try await intake.committer.commit(lane, since: ended.firstCut)
            return (IngestAnswer(ended.summary), false)
        } catch {
            throw problem(error)
        }
    }

    private func receipt(_ owner: String, _ key: String) async throws -> StoredAnswer? {
        let store = store
        let receipt = try await disk.run { try store.receipt(sender: owner, key: key) }
        return receipt.flatMap { StoredAnswer(json: $0.answer) }
    }

    /// Receives the whole body before any of it counts, so that a batch with a key is all in or all out.
    private func receiveWhole(
        _ request: RouteRequest, _ head: BodyHead, _ share: MemoryShare
    ) async throws -> BodyPieces {
        if let length = head.length, length > intake.budget.largestShare { throw BodyFailure.tooLargeForKey }
        var pieces = BodyPieces()
        do {
            try await receive(request) { piece in
                pieces.append(piece)
                guard pieces.count <= intake.budget.largestShare else { throw BodyFailure.tooLargeForKey }
                guard share.hold(pieces.count) else { throw BodyFailure.busy }
            }
            if let length = head.length, length != pieces.count { throw BodyBrokeOff() }
        } catch {
            spend(pieces.count, request)
            throw error
        }
        return pieces
    }

    /// About what a row of a batch takes in memory.
    private static let rowBytes = 256

    /// Decodes a whole body, and holds the memory for what it came to.
    private func decoded(
        _ body: BodyPieces, _ head: BodyHead, _ request: RouteRequest, _ lane: Lane, _ share: MemoryShare
    ) async throws -> Lane.Whole {
        await intake.committer.beginWork()
        let result = Result {
            try lane.decodeWhole(request.id, mostRows: intake.budget.largestShare / Self.rowBytes) { take in
                try WholeBody.feed(body.pieces, head.coding, maximum: maximumBody, take)
            }
        }
        await intake.committer.endWork()
        if case .failure = result { spend(body.count, request) }
        let whole = try result.get()
        guard share.hold(whole.rows * Self.rowBytes) else { throw BodyFailure.busy }
        return whole
    }

    private func count(_ summary: IngestSummary, _ request: RouteRequest, _ lane: Lane) {
        intake.count(summary, source: lane.source)
        spend(summary.bytes, request)
    }

    /// Also what comes to nothing counts against its sender's rate.
    private func spend(_ bytes: Int, _ request: RouteRequest) {
        if let sender = request.principal.sender { rates.spend(bytes, sender, now: .now) }
    }
}

/// The keys of requests that are not answered yet.
final class KeysInProgress: Sendable {
    private struct Name: Hashable {
        let owner: String
        let key: String
    }

    private let names = Mutex<Set<Name>>([])

    /// False where one is in progress already.
    func begin(_ owner: String, _ key: String) -> Bool {
        names.withLock { $0.insert(Name(owner: owner, key: key)).inserted }
    }

    func end(_ owner: String, _ key: String) {
        _ = names.withLock { $0.remove(Name(owner: owner, key: key)) }
    }
}
