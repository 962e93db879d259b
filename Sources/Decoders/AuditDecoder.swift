import CSimdjson
package import Domain

/// Decodes audit events of the Kubernetes API server: log lines, and the items of an `EventList`.
///
/// Sources of the rules: `k8s.io/apiserver/pkg/apis/audit`, the Kubernetes documentation on auditing, and the facts in
/// the project's field notes. What decides is the annotation `authorization.k8s.io/decision`, not the status code: a
/// 404 or 409 was authorized, and a refused request never becomes a grant.
package final class AuditDecoder: RecordDecoder {
    package static let source = ObservationSources.audit

    private static let batch = 512
    private let parser: TextParser
    private let events: UnsafeMutablePointer<lw_event>
    private var interpreter: EventInterpreter

    /// A decoder whose tables are full at about `tableBytes`; events without time get `defaultTime`, if there is one.
    package init(defaultTime: Timestamp? = nil, tableBytes: Int = 16 << 20) {
        parser = TextParser(tableBytes: tableBytes)
        // The C side fills this array at each call; it never leaves this class.
        events = .allocate(capacity: Self.batch)
        events.initialize(repeating: lw_event(), count: Self.batch)
        interpreter = EventInterpreter(defaultTime: defaultTime)
    }

    deinit { events.deallocate() }

    package var tables: ObservationTables { interpreter.tables }

    /// Decodes records from the start of the input; at most 512 a call.
    package func decode(
        _ input: UnsafeRawBufferPointer, as form: RecordForm, into records: inout DecodedRecords
    ) -> DecodeProgress {
        let progress = parse(lw_text(input), as: form)
        let decoded = UnsafeBufferPointer(start: events, count: Int(progress.count))
        interpreter.interpret(decoded, of: input, parser: parser, into: &records)
        return DecodeProgress(progress)
    }

    private func parse(_ input: lw_text, as form: RecordForm) -> lw_progress {
        switch form {
        case .lines(let isLast): return lw_event_lines(parser.handle, input, isLast, events, UInt32(Self.batch))
        case .elements: return lw_event_elements(parser.handle, input, events, UInt32(Self.batch))
        case .single:
            lw_event_record(parser.handle, input, events)
            return lw_progress(consumed: input.length, count: 1, lines: 0, stop: lw_stop_more)
        }
    }

    /// The sample's text, of at most 160 characters.
    package func sample(_ reference: SampleReference) -> String {
        EventInterpreter.sample(reference, parser: parser)
    }

    /// Forgets all tables; numbers given out before are void.
    package func reset() {
        lw_decoder_reset(parser.handle)
        interpreter.reset()
    }
}
