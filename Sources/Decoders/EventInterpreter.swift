import CSimdjson
import Domain

/// Gives an audit event's decoded fields their meaning: who asked for what, and with which outcome.
struct EventInterpreter {
    private(set) var tables = ObservationTables()
    private let defaultTime: Timestamp?
    private var recent = RecentRequests()
    /// By the parser's user number.
    private var users: [User?] = []
    /// By the parser's action number.
    private var actions: [Action] = []
    /// By the number of an update or patch in `tables`: the create that it needs where it creates.
    private var creations: [Int32: Int32] = [:]
    private var impersonations = ImpersonationTable()
    /// By the parser's list number.
    private var reasons: [UInt32: Int32] = [:]

    /// A user object, looked at once.
    private struct User {
        /// The number in `tables`; -1 for a request without authentication.
        let number: Int32
        let subject: Int32
        /// The workload that its token came from; -1 where it names none.
        let caller: Int32
    }

    /// An action, looked at once.
    private struct Action {
        /// The number in `tables`.
        let number: Int32
        /// The API server answers such requests in two stages.
        let isLasting: Bool
        /// The verb, if it is one that may create what is not there.
        let creating: CreatingVerb?
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
        let impersonated = event.impersonated == lw_none ? nil : self.user(event.impersonated, parser: parser)
        // Also who acts as itself asks to act as another.
        let isOwn = (impersonated?.number ?? -1) < 0
        let effective = isOwn ? user : impersonated ?? user
        let access = Access(
            subject: effective.subject, action: action.number, reason: reason(event.reason, parser: parser),
            caller: isOwn ? user.caller : -1, decision: decision, isCounted: counts(event, isLasting: action.isLasting),
            isDryRun: event.dry_run, time: time,
            sample: SampleReference(first: UInt64(event.agent), second: UInt64(event.code), third: 0, fourth: 0))
        records.observed += 1
        records.users.append(UserSighting(user: effective.number, time: time))
        records.accesses.append(access)
        if event.code == 201, decision != .denied, let verb = action.creating {
            records.accesses.append(creation(access, by: verb))
        }
        guard !isOwn else { return }
        // The annotations judge the impersonated request; that it came so far says that impersonating was allowed.
        records.users.append(UserSighting(user: user.number, time: time))
        let needed = impersonations.needed(
            for: event, request: action.number, decision, tables: &tables, parser: parser)
        for needed in needed {
            var impersonation = access
            (impersonation.subject, impersonation.action) = (user.subject, needed)
            (impersonation.reason, impersonation.caller, impersonation.decision) = (-1, user.caller, .allowed)
            records.accesses.append(impersonation)
        }
    }

    /// What an update or a patch that created its object needed beside itself: `create` with the object's name.
    ///
    /// The API server asks the authorizer for it without any event (k8s.io/apiserver, pkg/endpoints/handlers, update.go
    /// and patch.go: `createAuthorizerAttributes`). A dry run asks as well. Which binding allowed it is not recorded;
    /// that of the request stands for it.
    private mutating func creation(_ access: Access, by verb: CreatingVerb) -> Access {
        let number = creations[access.action] ?? tables.add(tables.actions[Int(access.action)].creation)
        creations[access.action] = number
        var creation = access
        creation.action = number
        creation.sample = SampleReference(
            first: access.sample.first, second: access.sample.second, third: verb.number, fourth: 0)
        return creation
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
        guard !read.name.isEmpty else { return User(number: -1, subject: -1, caller: -1) }
        let subject = tables.number(of: Subject(userName: read.name))
        let number = tables.add(ObservationTables.User(subject: subject, groups: read.groups))
        let caller = read.caller
        return User(
            number: number, subject: subject, caller: caller.isEmpty ? -1 : tables.number(ofCaller: caller))
    }

    private mutating func action(_ id: UInt32, parser: borrowing TextParser) -> Action {
        while actions.count <= Int(id) {
            let read = Self.action(parser.parts(UInt32(actions.count)))
            let creating = read.isResourceRequest ? CreatingVerb(rawValue: read.verb) : nil
            actions.append(Action(number: tables.add(read), isLasting: Self.isLasting(read), creating: creating))
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

    /// `kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd: 200`; `...: 201, created by patch` for what was concluded.
    static func sample(_ reference: SampleReference, parser: borrowing TextParser) -> String {
        let agent = parser.text(lw_table_texts, UInt32(reference.first)) ?? "unknown client"
        let creating = CreatingVerb(number: reference.third).map { ", created by \($0.rawValue)" } ?? ""
        return String(shown: reference.second == 0 ? agent : "\(agent): \(reference.second)\(creating)", limit: 160)
    }
}

/// The verbs that create an object which is not there: PUT, and server-side apply.
private enum CreatingVerb: String {
    case update, patch

    /// As a sample's reference holds it; 0 stands for neither.
    var number: UInt64 { self == .update ? 1 : 2 }

    init?(number: UInt64) {
        guard (1...2).contains(number) else { return nil }
        self = number == 1 ? .update : .patch
    }
}

extension AccessAction {
    /// The create of the object that this action names.
    fileprivate var creation: AccessAction {
        AccessAction(
            verb: "create", apiGroup: apiGroup, resource: resource, subresource: subresource, namespace: namespace,
            name: name)
    }
}
