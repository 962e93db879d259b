import CSimdjson
package import Domain

/// Decodes Cilium Hubble's flows: `hubble observe -o jsonpb`, the exporter's files, and bare flow objects.
///
/// Sources of the rules: flow.proto and observer.proto of Cilium 1.19, and the facts in the project's field notes.
/// Learned are records with verdict FORWARDED, AUDIT and REDIRECTED; a reply turns the edge round and is no request.
package final class HubbleDecoder: RecordDecoder {
    package static let source = ObservationSources.hubble

    private static let batch = 512
    private let parser: TextParser
    private let flows: UnsafeMutablePointer<lw_flow>
    private var interpreter: FlowInterpreter

    /// A decoder whose tables are full at about `tableBytes`; records without time get `defaultTime`, if there is one.
    package init(defaultTime: Timestamp? = nil, tableBytes: Int = 16 << 20) {
        parser = TextParser(tableBytes: tableBytes)
        // The C side fills this array at each call; it never leaves this class.
        flows = .allocate(capacity: Self.batch)
        flows.initialize(repeating: lw_flow(), count: Self.batch)
        interpreter = FlowInterpreter(defaultTime: defaultTime)
    }

    deinit { flows.deallocate() }

    package var tables: ObservationTables { interpreter.tables }

    /// Decodes records from the start of the input; at most 512 a call.
    package func decode(
        _ input: UnsafeRawBufferPointer, as form: RecordForm, into records: inout DecodedRecords
    ) -> DecodeProgress {
        let progress = parse(lw_text(input), as: form)
        let decoded = UnsafeBufferPointer(start: flows, count: Int(progress.count))
        interpreter.interpret(decoded, of: input, parser: parser, into: &records)
        return DecodeProgress(progress)
    }

    private func parse(_ input: lw_text, as form: RecordForm) -> lw_progress {
        switch form {
        case .lines(let isLast): return lw_flow_lines(parser.handle, input, isLast, flows, UInt32(Self.batch))
        case .elements: return lw_flow_elements(parser.handle, input, flows, UInt32(Self.batch))
        case .single:
            lw_flow_record(parser.handle, input, flows)
            return lw_progress(consumed: input.length, count: 1, lines: 0, stop: lw_stop_more)
        }
    }

    /// The sample's text, of at most 160 characters.
    package func sample(_ reference: SampleReference) -> String {
        FlowInterpreter.sample(reference, names: interpreter.shownNames, parser: parser)
    }

    /// Forgets all tables; numbers given out before are void.
    package func reset() {
        lw_decoder_reset(parser.handle)
        interpreter.reset()
    }
}
