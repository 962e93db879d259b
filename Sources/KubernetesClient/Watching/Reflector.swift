import Domain
import HTTPTransport

/// One kind that is kept up with: its decisions, and the request that runs for it.
final class Reflector {
    /// What the running request sends.
    enum Reading {
        case nothing
        case list(ListSplitter)
        case watch(LineSplitter)
    }

    let resource: WatchedResource
    let decoder: ObjectDecoder
    var state = ReflectorState()
    var status = WatchStatus.Kind()
    /// The running request; nil while there is none.
    var exchange: Int?
    var reading = Reading.nothing
    /// When to do what the state asks for; nil while a request runs.
    var due: ContinuousClock.Instant?
    /// What a listing has shown so far.
    var kept: Set<ClusterObject.Key> = []
    /// Up to which moment the objects before this listing, or before this watch, are known to have been there.
    var knownBefore: Timestamp?
    /// When this listing began, or this watch.
    var began: (moment: Timestamp, instant: ContinuousClock.Instant)
    /// Why the running request was ended from this side.
    var ending: ReflectorState.Outcome?
    /// True after a request that got no answer in time: the connection may be dead.
    var wantsFreshConnection = false

    init(
        _ resource: WatchedResource, _ decoder: ObjectDecoder, due: ContinuousClock.Instant, now: Timestamp,
        knownUntil: Timestamp?
    ) {
        self.resource = resource
        self.decoder = decoder
        self.due = due
        began = (now, due)
        status.phase = .listing
        status.knownUntil = knownUntil
    }

    /// What an item of a listing changes.
    func change(_ item: ObjectItem) -> ObjectChange? {
        switch item {
        case .object(let object):
            kept.insert(object.key)
            return ObjectChange(.upsert(object), knownUntil: knownBefore)
        case .unusable(_, let reason):
            if reason != nil { status.refused += 1 }
            return nil
        }
    }

    /// What an event changes.
    ///
    /// - Parameter known: up to which moment it was as it is stored.
    func changes(_ event: ObjectEvent, known: Timestamp?) -> [ObjectChange] {
        switch event {
        case .upsert(let object):
            return [ObjectChange(.upsert(object), knownUntil: known)]
        case .removal(let key, let last, let reason):
            if reason != nil { status.refused += 1 }
            // The last state comes first: it says when a pod's containers ended.
            return (last.map { [ObjectChange(.upsert($0), knownUntil: known)] } ?? [])
                + [ObjectChange(.remove(key), knownUntil: known)]
        case .bookmark, .failure, .unreadable:
            return []
        }
    }

    /// How the server's answer counts.
    func outcome(_ result: HTTPMultiplexer.Outcome) -> ReflectorState.Outcome {
        switch result {
        case .failure(let error):
            wantsFreshConnection = error.code == .timeout
            status.problem = error.description
            return .broken
        case .success(let end) where (200..<300).contains(end.response.status):
            wantsFreshConnection = false
            return ending ?? .closed
        case .success(let end):
            wantsFreshConnection = false
            status.problem = ServerStatus.problem(end.response, resource)
            return .status(end.response.status, retryAfter: ServerStatus.retryAfter(end.response))
        }
    }
}
