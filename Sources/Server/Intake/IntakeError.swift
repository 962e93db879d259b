import Store

/// Why records were not taken; whoever sent them may send them again.
enum IntakeError: Error {
    /// The store could not commit them.
    case notStored(StoreError)
    /// Something of the same input was in a commit that failed.
    case partlyLost
    /// The service is shutting down.
    case draining
    /// The lane does not know the input: a mistake in this program.
    case inputIsGone
}
