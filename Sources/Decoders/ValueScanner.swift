import CSimdjson

/// Finds where one JSON value ends in bytes that come piece by piece, without decoding it.
package struct ValueScanner: Sendable {
    private var state = lw_scanner()

    /// What the bytes so far show.
    package enum Outcome: Sendable {
        /// The value goes on behind these bytes.
        case needsMore
        case complete
        /// No JSON value is written so.
        case broken
    }

    /// A scanner at the start of a value, or inside an object or array whose opening bracket is consumed.
    package init(insideContainer: Bool = false) {
        state.depth = insideContainer ? 1 : 0
        state.started = insideContainer
    }

    /// Scans further bytes of the value; returns how many of them belong to it.
    package mutating func scan(_ input: UnsafeRawBufferPointer) -> (outcome: Outcome, consumed: Int) {
        var consumed = 0
        let found = lw_scan(&state, lw_text(input), &consumed)
        switch found {
        case lw_scan_complete: return (.complete, consumed)
        case lw_scan_broken: return (.broken, consumed)
        default: return (.needsMore, consumed)
        }
    }

    /// Where the elements begin in an object that holds a list of records (`{"kind":"EventList","items":[...]}`);
    /// nil where these bytes show none.
    package static func listStart(in input: UnsafeRawBufferPointer) -> Int? {
        let start = lw_list_start(lw_text(input))
        return start == 0 ? nil : start
    }
}
