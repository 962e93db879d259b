import Decoders
import Domain

/// Finds the records in a file's bytes, whatever form they have: lines, arrays, lists in an object, documents over
/// several lines, also mixed. One broken record costs one record.
///
/// Complete lines go to the decoder as they are; this type looks at what is not one record a line.
struct RecordReader {
    private var mode = Mode.start
    /// Line ends before the pending bytes.
    private(set) var line = 0
    /// Elements before the pending bytes, in an array.
    private var index = 0
    /// A further look at an incomplete record is worth it from this length on.
    private var minimumPending = 0
    private let recordLimit: Int
    /// An incomplete record of so many bytes is looked at again only when there is twice as much of it.
    private static let patience = RecordBuffer.defaultCapacity

    private enum Mode {
        case start
        case lines
        /// Inside an array; `isList` if it is inside an object.
        case elements(isList: Bool)
        /// Behind the list of an object.
        case tail(ValueScanner)
        case skippingLine
        case skippingValue(ValueScanner, isElement: Bool, isList: Bool)
    }

    /// What to do with the front of the pending bytes.
    enum Step {
        case decode(RecordForm, count: Int)
        case skip(Int)
        case reject(Diagnostic.Kind, skipping: Int)
        /// Nothing without more bytes; at the end of the file, nothing more at all.
        case wait
    }

    init(recordLimit: Int) { self.recordLimit = recordLimit }

    /// The number by which a diagnostic names a record: the line, or the element of an array.
    func position(line: Int, index: Int) -> Int {
        if case .elements = mode { return self.index + index + 1 }
        return self.line + line + 1
    }

    /// Goes on behind what the decoder consumed.
    mutating func advance(_ progress: DecodeProgress) {
        line += progress.lines
        if case .elements = mode { index += progress.records }
        if progress.consumed > 0 { minimumPending = 0 }
    }

    /// Goes on behind what was consumed without the decoder, or as one record.
    mutating func advance(past skipped: UnsafeRawBufferPointer) {
        minimumPending = 0
        line += skipped.lazy.filter { $0 == UInt8(ascii: "\n") }.count
    }

    /// The next step before the decoder is asked.
    mutating func next(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        switch mode {
        case .start: return begin(pending, isLast: isLast)
        case .lines, .elements:
            guard pending.count >= minimumPending || isLast else { return .wait }
            if case .elements = mode { return .decode(.elements, count: pending.count) }
            return .decode(.lines(isLast: isLast), count: pending.count)
        case .tail(let scanner): return scan(pending, scanner, then: .lines) { .tail($0) }
        case .skippingLine:
            guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else { return skip(pending.count) }
            mode = .lines
            return .skip(end)
        case .skippingValue(let scanner, let isElement, let isList):
            let after = isElement ? Mode.elements(isList: isList) : .lines
            return scan(pending, scanner, then: after) {
                .skippingValue($0, isElement: isElement, isList: isList)
            }
        }
    }

    private func skip(_ count: Int) -> Step { count == 0 ? .wait : .skip(count) }

    /// Skips the byte order mark.
    private mutating func begin(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        guard pending.count >= mark.count || isLast else { return .wait }
        mode = .lines
        return .skip(pending.starts(with: mark) ? mark.count : 0)
    }

    private mutating func scan(
        _ pending: UnsafeRawBufferPointer, _ scanner: ValueScanner, then after: Mode, during: (ValueScanner) -> Mode
    ) -> Step {
        var scanner = scanner
        let (outcome, consumed) = scanner.scan(pending)
        switch outcome {
        case .needsMore: mode = during(scanner)
        case .complete: mode = after
        case .broken: mode = .skippingLine
        }
        return outcome == .needsMore ? skip(consumed) : .skip(consumed)
    }

    /// The step after the decoder stopped at something that it cannot decode alone.
    mutating func resolve(
        _ stop: DecodeProgress.Stop, _ pending: UnsafeRawBufferPointer, isLast: Bool
    ) -> Step {
        switch (stop, mode) {
        case (.closed, .elements(let isList)):
            mode = isList ? .tail(ValueScanner(insideContainer: true)) : .lines
            return .skip(0)
        case (.broken, _):
            mode = .skippingLine
            return .reject(.notJSON, skipping: 0)
        case (.special, _): return special(pending, isLast: isLast)
        case (.needsMore, .elements): return incompleteElement(pending, isLast: isLast)
        case (.needsMore, _): return incompleteLine(pending)
        default: return .skip(0)
        }
    }
}

// MARK: - Structures

extension RecordReader {
    /// A line that is not `{...}`: the start of an array, of a list, of a document over several lines, or junk.
    private mutating func special(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        let first = pending.firstIndex { !Self.isSpace($0) } ?? pending.endIndex
        if let step = structure(pending, first) { return step }
        let end = pending[first...].firstIndex(of: UInt8(ascii: "\n")) ?? pending.endIndex
        let line = pending[first..<end]
        let ending = line.last { !Self.isSpace($0) }
        // Pretty-printers break lines behind these; any other line that does not close is broken.
        guard pending[first] == UInt8(ascii: "{"), let ending, "{[,".utf8.contains(ending) else {
            return .decode(.single, count: end)
        }
        return document(pending, from: first, lineEnd: end, isLast: isLast)
    }

    /// Enters an array or a list, if one begins here.
    private mutating func structure(_ pending: UnsafeRawBufferPointer, _ first: Int) -> Step? {
        guard first < pending.endIndex else { return nil }
        var start: Int?
        if pending[first] == UInt8(ascii: "[") {
            let inside = pending[(first + 1)...].first { !Self.isSpace($0) }
            start = inside.flatMap { "{]".utf8.contains($0) ? first + 1 : nil }
            mode = start == nil ? mode : .elements(isList: false)
        } else if pending[first] == UInt8(ascii: "{") {
            start = ValueScanner.listStart(in: UnsafeRawBufferPointer(rebasing: pending[first...])).map { first + $0 }
            mode = start == nil ? mode : .elements(isList: true)
        }
        guard let start else { return nil }
        index = 0
        return .skip(start)
    }

    /// A document over several lines. If a new record seems to begin at a line's start, this one is broken.
    private mutating func document(
        _ pending: UnsafeRawBufferPointer, from first: Int, lineEnd: Int, isLast: Bool
    ) -> Step {
        var scanner = ValueScanner()
        let other = Self.recordStart(in: pending, after: lineEnd)
        let bytes = UnsafeRawBufferPointer(rebasing: pending[first..<(other ?? pending.endIndex)])
        let (outcome, consumed) = scanner.scan(bytes)
        if outcome == .complete { return .decode(.single, count: first + consumed) }
        if outcome == .broken || other != nil || isLast { return .reject(.notJSON, skipping: lineEnd) }
        guard pending.count > recordLimit else {
            minimumPending = min(2 * pending.count, recordLimit + 1)
            return .wait
        }
        mode = .skippingValue(scanner, isElement: false, isList: false)
        return .reject(.tooLong, skipping: pending.count)
    }

    private static func recordStart(in bytes: UnsafeRawBufferPointer, after start: Int) -> Int? {
        var at = start
        while let newline = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) {
            if bytes[(newline + 1)...].starts(with: "{\"".utf8) { return newline + 1 }
            at = newline + 1
        }
        return nil
    }

    private mutating func incompleteLine(_ pending: UnsafeRawBufferPointer) -> Step {
        let first = pending.firstIndex { !Self.isSpace($0) } ?? pending.endIndex
        guard first < pending.endIndex else { return skip(pending.count) }
        let isWorthALook = pending[first] == UInt8(ascii: "[") || pending.count >= Self.patience / 2
        if isWorthALook, let step = structure(pending, first) { return step }
        guard pending.count > recordLimit else {
            if pending.count >= Self.patience { minimumPending = min(2 * pending.count, recordLimit + 1) }
            return .wait
        }
        mode = .skippingLine
        return .reject(.tooLong, skipping: pending.count)
    }

    private mutating func incompleteElement(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        if isLast {
            mode = .lines
            return .reject(.notJSON, skipping: pending.count)
        }
        guard pending.count > recordLimit, case .elements(let isList) = mode else {
            if pending.count >= Self.patience { minimumPending = min(2 * pending.count, recordLimit + 1) }
            return .wait
        }
        var scanner = ValueScanner()
        _ = scanner.scan(pending)
        index += 1
        mode = .skippingValue(scanner, isElement: true, isList: isList)
        return .reject(.tooLong, skipping: pending.count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
