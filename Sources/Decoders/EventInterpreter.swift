import CSimdjson
import Domain

/// Gives an audit event's decoded fields their meaning: who asked for what, and with which outcome.
struct EventInterpreter {
    private(set) var tables = ObservationTables()
    private let defaultTime: Timestamp?
    private var recent = RecentRequests()
    /// By the parser's user number.
    private var users: [User?] = []
    /// By the parser's action number: the number in `tables`, and whether such requests last.
    private var actions: [(number: Int32, isLasting: Bool)] = []
    /// By the parser's list number.
    private var reasons: [UInt32: Int32] = [:]

    /// A user object, looked at once.
    private struct User {
        /// The number in `tables`; -1 for a request without authentication.
        let number: Int32
        let subject: Int32
        /// What an impersonator of this user needs; read when first needed.
        var impersonations: [Int32]?
    }

    /// What became of a request's authorization.
    private enum Verdict {
        case decided(AccessEdge.Decision)
        case ignored(IgnoreReason)
    }

    init(defaultTime: Timestamp?) { self.defaultTime = defaultTime }

    /// Forgets the tables, but not the requests counted: their numbers do not depend on the tables.
    mutating func reset() {
        var fresh = EventInterpreter(defaultTime: defaultTime)
        fresh.recent = recent
        self = fresh
    }

    mutating func interpret(
        _ events: UnsafeBufferPointer<lw_event>, of input: UnsafeRawBufferPointer, parser: borrowing TextParser,
        into records: inout DecodedRecords
    ) {
        for index in events.indices {
            records.count += 1
            if let kind = rejection(of: events[index], parser: parser, into: &records) {
                records.reject(kind, events[index].place, index: index, of: input)
            }
        }
    }

    /// Interprets one event; returns why it cannot be used, if so.
    private mutating func rejection(
        of event: lw_event, parser: borrowing TextParser, into records: inout DecodedRecords
    ) -> Diagnostic.Kind? {
        if event.place.is_list { return .notThisSource }
        if let kind = Diagnostic.Kind(event.place.error) { return kind }
        guard let time = event.time == lw_no_time ? defaultTime : Timestamp(nanoseconds: event.time) else {
            return .missingTime
        }
        let verdict = Self.verdict(of: event)
        if case .ignored(let reason) = verdict {
            records.cover(time)
            records.ignored.add(reason)
            return nil
        }
        guard case .decided(let decision) = verdict else { return nil }
        guard event.user != lw_none, event.action != lw_none else { return .missingField }
        guard let user = user(event.user, parser: parser) else { return .wrongType }
        records.cover(time)
        guard user.number >= 0 else {
            records.ignored.add(.unauthenticated)
            return nil
        }
        observe(event, by: user, decision, time, parser: parser, into: &records)
        return nil
    }

    private static func verdict(of event: lw_event) -> Verdict {
        if event.stage == lw_stage_received { return .ignored(.requestReceived) }
        if !event.has_verb { return .ignored(.noVerb) }
        if event.code == 401 { return .ignored(.unauthenticated) }
        if event.decision == lw_decision_allow { return .decided(.allowed) }
        if event.decision == lw_decision_forbid { return .decided(.denied) }
        switch event.code {
        case 0: return .ignored(.undecided)
        case 429: return .ignored(.rateLimited)
        // A released API (v1) annotates every decision, so that a 403 without one, and without the user to be
        // impersonated, is an impersonation refused before authorization.
        case 403:
            return event.is_beta || event.impersonated != lw_none
                ? .decided(.denied) : .ignored(.refusedImpersonation)
        default: return .decided(.allowedByStatus)
        }
    }

    private mutating func observe(
        _ event: lw_event, by user: User, _ decision: AccessEdge.Decision, _ time: Timestamp,
        parser: borrowing TextParser, into records: inout DecodedRecords
    ) {
        let action = action(event.action, parser: parser)
        let isCounted = counts(event, isLasting: action.isLasting)
        let impersonated = event.impersonated == lw_none ? nil : self.user(event.impersonated, parser: parser)
        let sample = SampleReference(
            first: UInt64(event.agent), second: UInt64(event.code), third: 0, fourth: 0)
        let effective = impersonated.map { $0.number >= 0 ? $0 : user } ?? user
        records.observed += 1
        records.users.append(UserSighting(user: effective.number, time: time))
        records.accesses.append(
            Access(
                subject: effective.subject, action: action.number, reason: reason(event.reason, parser: parser),
                decision: decision, isCounted: isCounted, isDryRun: event.dry_run, time: time, sample: sample))
        guard effective.number != user.number else { return }
        // The annotations judge the impersonated request; that it came so far says that impersonating was allowed.
        records.users.append(UserSighting(user: user.number, time: time))
        for needed in impersonations(event.impersonated, parser: parser) {
            records.accesses.append(
                Access(
                    subject: user.subject, action: needed, reason: -1, decision: .allowed, isCounted: isCounted,
                    isDryRun: event.dry_run, time: time, sample: sample))
        }
    }

    /// One request is counted once: a lasting one at the first of its events, any other when it ends.
    private mutating func counts(_ event: lw_event, isLasting: Bool) -> Bool {
        guard event.audit_id != 0 else { return true }
        if isLasting || event.stage == lw_stage_started { return recent.insert(event.audit_id) }
        return !recent.contains(event.audit_id)
    }
}

// MARK: - Tables

extension EventInterpreter {
    private mutating func user(_ id: UInt32, parser: borrowing TextParser) -> User? {
        while users.count <= Int(id) { users.append(readUser(UInt32(users.count), parser: parser)) }
        return users[Int(id)]
    }

    private mutating func readUser(_ id: UInt32, parser: borrowing TextParser) -> User? {
        guard let items = parser.items(lw_table_endpoints, id) else { return nil }
        let read = AuditUser(items)
        guard !read.name.isEmpty else { return User(number: -1, subject: -1) }
        let subject = tables.number(of: Subject(userName: read.name))
        let number = tables.add(ObservationTables.User(subject: subject, groups: read.groups))
        return User(number: number, subject: subject)
    }

    private mutating func impersonations(_ id: UInt32, parser: borrowing TextParser) -> [Int32] {
        if let known = users[Int(id)]?.impersonations { return known }
        let items = parser.items(lw_table_endpoints, id) ?? []
        let numbers = AuditUser(items).impersonations.map { tables.add($0) }
        users[Int(id)]?.impersonations = numbers
        return numbers
    }

    private mutating func action(_ id: UInt32, parser: borrowing TextParser) -> (number: Int32, isLasting: Bool) {
        while actions.count <= Int(id) {
            let read = Self.action(parser.parts(UInt32(actions.count)))
            actions.append((tables.add(read), Self.isLasting(read)))
        }
        return actions[Int(id)]
    }

    private static func action(_ parts: [String]) -> AccessAction {
        guard parts[6].isEmpty else { return AccessAction(verb: parts[0], path: parts[6]) }
        return AccessAction(
            verb: parts[0], apiGroup: parts[1], resource: parts[2], subresource: parts[3],
            namespace: Namespace(parts[4]), name: parts[5])
    }

    /// The requests that the API server answers in two stages.
    private static func isLasting(_ action: AccessAction) -> Bool {
        action.verb == "watch"
            || ["exec", "attach", "portforward", "proxy", "log"].contains(action.subresource)
    }

    private mutating func reason(_ list: UInt32, parser: borrowing TextParser) -> Int32 {
        guard list != lw_none else { return -1 }
        if let known = reasons[list] { return known }
        let text = parser.items(lw_table_lists, list)?.first?.value ?? ""
        let number = text.isEmpty ? -1 : tables.add(reason: text)
        reasons[list] = number
        return number
    }

    /// `kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd: 200`.
    func sample(_ reference: SampleReference, parser: borrowing TextParser) -> String {
        let agent = parser.text(lw_table_texts, UInt32(reference.first)) ?? "unknown client"
        return String(shown: reference.second == 0 ? agent : "\(agent): \(reference.second)", limit: 160)
    }
}
