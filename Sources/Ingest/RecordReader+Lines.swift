import Decoders
import Domain

/// Lines that are not one record each.
extension RecordReader {
    /// A line that is not `{...}`: the start of an array, of a list, of a document over several lines, or junk.
    mutating func special(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        guard let first = pending.firstInk() else { return skip(pending.count) }
        let end = pending.firstLineEnd(from: first) ?? pending.count
        if isBehindBrokenArray, let rest = Self.restOfArray(pending[first..<end]) { return .skip(rest) }
        if let step = structure(pending, from: first, to: end, isLast: isLast) { return step }
        let ending = pending[first..<end].last { !UnsafeRawBufferPointer.isSpace($0) }
        // Pretty-printers break lines behind these; any other line that does not close is broken.
        guard pending[first] == UInt8(ascii: "{"), let ending, "{[,".utf8.contains(ending), credit > 0 else {
            return .decode(.single, count: end)
        }
        return document(pending, from: first, lineEnd: end, isLast: isLast)
    }

    /// Where commas and closing brackets at a line's front end; nil if there are none.
    private static func restOfArray(_ line: Slice<UnsafeRawBufferPointer>) -> Int? {
        let rest = line.drop { UnsafeRawBufferPointer.isSpace($0) || ",]}".utf8.contains($0) }
        return rest.startIndex == line.startIndex ? nil : rest.startIndex
    }

    /// A document over several lines. If a new record seems to begin at a line's start, this one is broken.
    private mutating func document(
        _ pending: UnsafeRawBufferPointer, from first: Int, lineEnd: Int, isLast: Bool
    ) -> Step {
        let (outcome, end, scanner) = Self.scanLines(pending, from: first, lineEnd: lineEnd)
        // A list may begin on a further line.
        if let step = structure(pending, from: first, to: end, isLast: isLast) { return step }
        if outcome == .complete { return .decode(.single, count: end) }
        if outcome == .broken || isLast {
            credit -= 2 * (end - first)
            return .reject(.notJSON, skipping: lineEnd)
        }
        guard pending.count > recordLimit else {
            patience = .bytes(min(2 * pending.count, recordLimit + 1))
            return .wait
        }
        mode = .skippingValue(scanner, isElement: false, isList: false)
        return .reject(.tooLong, skipping: pending.count)
    }

    /// Scans line by line, to the value's end, to where it breaks, or to where another one begins.
    private static func scanLines(
        _ pending: UnsafeRawBufferPointer, from first: Int, lineEnd: Int
    ) -> (outcome: ValueScanner.Outcome, end: Int, scanner: ValueScanner) {
        var scanner = ValueScanner()
        var at = first
        var end = lineEnd
        while true {
            let (outcome, consumed) = scanner.scan(UnsafeRawBufferPointer(rebasing: pending[at..<end]))
            if outcome != .needsMore { return (outcome, at + consumed, scanner) }
            guard end < pending.count else { return (.needsMore, end, scanner) }
            if pending.beginsRecord(at: end + 1) { return (.broken, end, scanner) }
            at = end
            end = pending.firstLineEnd(from: at + 1) ?? pending.count
        }
    }

    mutating func incompleteLine(_ pending: UnsafeRawBufferPointer) -> Step {
        guard let first = pending.firstInk() else { return skip(pending.count) }
        let isWorthALook = pending[first] == UInt8(ascii: "[") || pending.count >= RecordBuffer.defaultCapacity / 2
        if isWorthALook, let step = structure(pending, from: first, to: pending.count, isLast: false) { return step }
        guard pending.count > recordLimit else {
            patience = .lineEnd(searched: pending.count, orBytes: min(2 * pending.count, recordLimit + 1))
            return .wait
        }
        mode = .skippingLine
        return .reject(.tooLong, skipping: pending.count)
    }
}
