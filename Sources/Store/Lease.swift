package import Domain

/// What came of asking for a lease.
package enum LeaseOutcome: Hashable, Sendable {
    /// The asker has it, before this moment.
    case taken(until: Timestamp)
    /// Somebody else has it, and loses it at this moment unless it is renewed.
    case heldBy(String, until: Timestamp)
}
