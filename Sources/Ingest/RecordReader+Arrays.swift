import Decoders
import Domain

/// Arrays, and lists in an object.
extension RecordReader {
    /// Enters an array or a list, if one begins in the first bytes; nil if none does. What comes behind them is not
    /// looked at but for the first element of an array.
    mutating func structure(_ pending: UnsafeRawBufferPointer, from first: Int, to end: Int, isLast: Bool) -> Step? {
        var start: Int?
        if pending[first] == UInt8(ascii: "[") {
            guard let inside = pending.firstInk(from: first + 1) else {
                guard !isLast, pending.count <= recordLimit else { return nil }
                patience = .bytes(2 * pending.count)
                return .wait
            }
            guard "{]".utf8.contains(pending[inside]) else { return nil }
            start = first + 1
            mode = .elements(isList: false)
        } else if pending[first] == UInt8(ascii: "{") {
            start = ValueScanner.listStart(in: UnsafeRawBufferPointer(rebasing: pending[first..<end])).map {
                first + $0
            }
            mode = start == nil ? mode : .elements(isList: true)
        }
        guard let start else { return nil }
        index = 0
        isBehindBrokenArray = false
        return .skip(start)
    }

    /// No value begins so, or its text holds a line's end.
    mutating func brokenElement(_ pending: UnsafeRawBufferPointer) -> Step {
        if pending.first == UInt8(ascii: "}") {
            index += 1
            return .reject(.notJSON, skipping: 1)
        }
        mode = .skippingLine
        isBehindBrokenArray = true
        return .reject(.notJSON, skipping: 0)
    }

    mutating func incompleteElement(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        guard isLast || pending.count > recordLimit, case .elements(let isList) = mode else {
            // Looked at from its start again, so not after each few bytes.
            if pending.count >= 4096 { patience = .bytes(min(2 * pending.count, recordLimit + 1)) }
            return .wait
        }
        let kind = isLast ? Diagnostic.Kind.notJSON : .tooLong
        if let other = pending.lineEndBeforeRecord(from: 0) {
            mode = .lines
            isBehindBrokenArray = true
            return .reject(kind, skipping: other)
        }
        guard !isLast else {
            mode = .lines
            return .reject(kind, skipping: pending.count)
        }
        var scanner = ValueScanner()
        _ = scanner.scan(pending)
        index += 1
        mode = .skippingValue(scanner, isElement: true, isList: isList)
        return .reject(kind, skipping: pending.count)
    }

    /// Behind a list its object ends, or has further members.
    mutating func behindList(_ pending: UnsafeRawBufferPointer, isLast: Bool) -> Step {
        guard let ink = pending.firstInk() else {
            guard isLast else { return skip(pending.count) }
            mode = .lines
            return .reject(.notJSON, skipping: pending.count)
        }
        guard ",}".utf8.contains(pending[ink]) else {
            mode = .lines
            return .reject(.notJSON, skipping: 0)
        }
        mode = .tail(ValueScanner(insideContainer: true))
        return .skip(ink)
    }

    /// Passes over the members behind a list. Where a new record begins on a line of its own, the object broke off.
    mutating func tail(_ pending: UnsafeRawBufferPointer, _ scanner: ValueScanner, isLast: Bool) -> Step {
        var scanner = scanner
        let other = pending.lineEndBeforeRecord(from: 0)
        let limit = other ?? pending.count - (isLast ? 0 : Self.possibleRecordStart(pending))
        let (outcome, consumed) = scanner.scan(UnsafeRawBufferPointer(rebasing: pending[..<limit]))
        switch outcome {
        case .complete:
            mode = .lines
            return .skip(consumed)
        case .broken:
            mode = .skippingLine
            return .reject(.notJSON, skipping: consumed)
        case .needsMore:
            guard other != nil || isLast else {
                mode = .tail(scanner)
                return skip(limit)
            }
            mode = .lines
            return .reject(.notJSON, skipping: limit)
        }
    }

    /// How many bytes at the end could be the beginning of a line end with a record behind it.
    private static func possibleRecordStart(_ bytes: UnsafeRawBufferPointer) -> Int {
        if bytes.last == UInt8(ascii: "\n") { return 1 }
        return bytes.count > 1 && bytes.suffix(2).elementsEqual("\n{".utf8) ? 2 : 0
    }
}
