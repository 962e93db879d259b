import Hummingbird
import Ingest
import Store

extension ObservationsHandler {
    static let notFound = Problem(.notFound, "no such path", "Not found", detail: "there is no such source")

    static let otherBody = Problem(
        .unprocessableContent, "key of another body", "Key of another body",
        detail: "the Idempotency-Key was used for another body: give each batch a key of its own")

    static let draining = Problem(
        .serviceUnavailable, "draining", "Shutting down",
        detail: "send it again: to another replica, or a little later",
        retryAfter: 5)

    static func useless(_ answer: IngestAnswer) -> Problem {
        var problem = Problem(
            .badRequest, "nothing usable", "Nothing usable",
            detail: "no record of the body could be read: check that it holds what its path says")
        problem.counts = answer
        return problem
    }

    /// What to answer where a body was not taken, or not committed. What is no failure of those goes on as it is.
    func problem(_ error: any Error) -> any Error {
        switch error {
        case BodyFailure.busy:
            return Problem(
                .tooManyRequests, "no memory", "Too many bodies at once",
                detail: "the memory for bodies is used up: send it again a little later", retryAfter: 1)
        case BodyFailure.tooLarge: return BodyHead.tooLarge(maximumBody)
        case BodyFailure.tooLargeForKey:
            return Problem(
                .contentTooLarge, "too large for key", "Too large for a key",
                detail:
                    "a body with an Idempotency-Key has at most \(intake.budget.largestShare >> 20) MiB, and no more "
                    + "distinct records than fit there: send it in smaller parts, or without a key")
        case BodyFailure.damaged(let damage, let ended):
            var problem = Problem(
                .badRequest, "damaged", "Damaged body",
                detail: "\(damage): \(damage.hint); records before the damage were kept")
            problem.counts = ended.map { IngestAnswer($0.summary) }
            return problem
        case is BodyBrokeOff:
            return Problem(
                .badRequest, "broke off", "The body broke off",
                detail: "the body ended early, or its framing is broken: send all of it again")
        case let error as StoreError: return Self.problem(.notStored(error))
        case let error as IntakeError: return Self.problem(error)
        default: return error
        }
    }

    private static func problem(_ error: IntakeError) -> Problem {
        switch error {
        case .draining: return draining
        case .notStored(let failure):
            return Problem(
                .serviceUnavailable, "store: \(failure.code.rawValue)", "Not stored",
                detail: "the store could not commit the records: send them again", retryAfter: 5)
        case .partlyLost, .inputIsGone:
            return Problem(
                .serviceUnavailable, "partly lost", "Not stored",
                detail: "a part of the records could not be committed: send all of them again", retryAfter: 1)
        }
    }
}
