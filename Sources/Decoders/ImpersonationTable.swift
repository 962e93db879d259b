import CSimdjson
import Domain

/// What impersonators needed, by numbers: users, modes and requests come again and again.
struct ImpersonationTable {
    private var known: [Key: Numbers] = [:]
    private var acting: [ActingKey: Int32] = [:]

    /// The parser's numbers of the impersonated user and of the constraint.
    private struct Key: Hashable {
        let user: UInt32
        let constraint: UInt32
    }

    /// What acting as one user needs; the identities are numbers in `tables`.
    private struct Numbers {
        let identities: [Int32]
        let mode: ImpersonationMode?
    }

    private struct ActingKey: Hashable {
        let mode: ImpersonationMode
        /// A number in `tables`.
        let request: Int32
    }

    /// The actions, by their numbers in `tables`, that whoever sent the request had to be allowed beside it.
    ///
    /// A constrained impersonation for a request that was refused needs nothing: its verbs are for that request, and
    /// without them it had been refused as well.
    mutating func needed(
        for event: lw_event, request: Int32, _ decision: AccessEdge.Decision, tables: inout ObservationTables,
        parser: borrowing TextParser
    ) -> [Int32] {
        guard event.constraint == lw_none || decision != .denied else { return [] }
        let key = Key(user: event.impersonated, constraint: event.constraint)
        let numbers = known[key] ?? read(key, tables: &tables, parser: parser)
        known[key] = numbers
        guard let mode = numbers.mode else { return numbers.identities }
        let actingKey = ActingKey(mode: mode, request: request)
        let number = acting[actingKey] ?? tables.add(mode.acting(tables.actions[Int(request)]))
        acting[actingKey] = number
        return numbers.identities + [number]
    }

    private func read(_ key: Key, tables: inout ObservationTables, parser: borrowing TextParser) -> Numbers {
        let user = AuditUser(parser.items(lw_table_endpoints, key.user) ?? [])
        let constraint = parser.text(lw_table_texts, key.constraint) ?? ""
        let impersonation = Impersonation(of: user, constraint: constraint)
        return Numbers(identities: impersonation.identities.map { tables.add($0) }, mode: impersonation.mode)
    }
}

extension ImpersonationMode {
    /// The check on the request itself: all that the authorizer is asked for it, with another verb.
    fileprivate func acting(_ request: AccessAction) -> AccessAction {
        let verb = actionVerb(request.verb)
        guard request.isResourceRequest else { return AccessAction(verb: verb, path: request.path) }
        return AccessAction(
            verb: verb, apiGroup: request.apiGroup, resource: request.resource, subresource: request.subresource,
            namespace: request.namespace, name: request.name)
    }
}
