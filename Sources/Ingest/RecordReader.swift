import Decoders
import Domain

/// Finds the records in a file's bytes, whatever form they have: lines, arrays, lists in an object, documents over
/// several lines, also mixed. One broken record costs one record.
///
/// Complete lines go to the decoder as they are; this type looks at what is not one record a line.
struct RecordReader {
    var mode = Mode.start
    /// Line ends before the pending bytes.
    private(set) var line = 0
    /// Elements before the pending bytes, in an array.
    var index = 0
    var patience = Patience.none
    /// An array broke off above: what is left of it (commas, closing brackets) is no record.
    var isBehindBrokenArray = false
    /// How many bytes may still be looked at in vain. Each consumed byte gives some, so that bytes that begin structure
    /// after structure cost no more than a few times their number.
    var credit: Int
    let recordLimit: Int

    enum Mode {
        case start
        case lines
        /// Inside an array; `isList` if it is inside an object.
        case elements(isList: Bool)
        /// Behind the closing bracket of an object's list.
        case behindList
        /// In the members behind the list of an object.
        case tail(ValueScanner)
        case skippingLine
        case skippingValue(ValueScanner, isElement: Bool, isList: Bool)
    }

    /// When a further look at what is incomplete is worth it.
    enum Patience {
        case none
        case bytes(Int)
        /// At so many bytes, or at a line's end; in the first ones there is none.
        case lineEnd(searched: Int, orBytes: Int)
    }

    /// What to do with the front of the pending bytes.
    enum Step {
        case decode(RecordForm, count: Int)
        case skip(Int)
        case reject(Diagnostic.Kind, skipping: Int)
        /// Nothing without more bytes; at the end of the file, nothing more at all.
        case wait
    }

    private static let largestCredit = 4 << 20

    init(recordLimit: Int) {
        self.recordLimit = recordLimit
        credit = Self.largestCredit
    }

    /// The number by which a diagnostic names a record: the line, or the element of an array.
    func position(line: Int, index: Int) -> Int {
        if case .elements = mode { return self.index + index + 1 }
        return self.line + line + 1
    }

    /// Goes on behind what the decoder consumed.
    mutating func advance(_ progress: DecodeProgress) {
        line += progress.lines
        if case .elements = mode { index += progress.records }
        if progress.consumed > 0 { consumed(progress.consumed) }
    }

    /// Goes on behind what was consumed without the decoder, or as one record.
    mutating func advance(past skipped: UnsafeRawBufferPointer) {
        consumed(skipped.count)
        line += skipped.lineEnds
    }

    private mutating func consumed(_ count: Int) {
        patience = .none
        credit = min(Self.largestCredit, credit + 4 * count)
    }

    /// The next step before the decoder is asked.
    mutating func next(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        switch mode {
        case .start: return begin(pending, isLast: isLast)
        case .lines, .elements:
            guard isLast || isWorthALook(pending) else { return .wait }
            if case .elements = mode { return .decode(.elements, count: pending.count) }
            return .decode(.lines(isLast: isLast), count: pending.count)
        case .behindList: return behindList(pending, isLast: isLast)
        case .tail(let scanner): return tail(pending, scanner, isLast: isLast)
        case .skippingLine:
            guard let end = pending.firstLineEnd() else { return skip(pending.count) }
            mode = .lines
            return .skip(end)
        case .skippingValue(let scanner, let isElement, let isList):
            return skipValue(pending, scanner, isElement: isElement, isList: isList)
        }
    }

    private mutating func isWorthALook(_ pending: UnsafeRawBufferPointer) -> Bool {
        switch patience {
        case .none: return true
        case .bytes(let count): return pending.count >= count
        case .lineEnd(let searched, let count):
            if pending.count >= count || pending.firstLineEnd(from: searched) != nil { return true }
            patience = .lineEnd(searched: pending.count, orBytes: count)
            return false
        }
    }

    func skip(_ count: Int) -> Step { count == 0 ? .wait : .skip(count) }

    /// Skips the byte order mark.
    private mutating func begin(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        guard pending.count >= mark.count || isLast else { return .wait }
        mode = .lines
        return .skip(pending.starts(with: mark) ? mark.count : 0)
    }

    private mutating func skipValue(
        _ pending: UnsafeRawBufferPointer, _ scanner: ValueScanner, isElement: Bool, isList: Bool
    ) -> Step {
        var scanner = scanner
        let (outcome, consumed) = scanner.scan(pending)
        switch outcome {
        case .needsMore:
            mode = .skippingValue(scanner, isElement: isElement, isList: isList)
            return skip(consumed)
        case .complete: mode = isElement ? .elements(isList: isList) : .lines
        case .broken: mode = .skippingLine
        }
        return .skip(consumed)
    }

    /// The step after the decoder stopped at something that it cannot decode alone.
    mutating func resolve(
        _ stop: DecodeProgress.Stop, _ pending: UnsafeRawBufferPointer, isLast: Bool
    ) -> Step {
        switch (stop, mode) {
        case (.closed, .elements(let isList)):
            mode = isList ? .behindList : .lines
            return .skip(0)
        case (.broken, _): return brokenElement(pending)
        case (.special, _): return special(pending, isLast: isLast)
        case (.needsMore, .elements): return incompleteElement(pending, isLast: isLast)
        case (.needsMore, _): return incompleteLine(pending)
        default: return .skip(0)
        }
    }
}
