extension MalformedBody {
    /// Records, arrays and lists that break off, at every kind of place.
    static var truncated: [MalformedBody] {
        Source.allCases.flatMap { source in
            let victim = Array(source.victim.text.utf8)
            return places(in: victim).flatMap { count in
                [
                    line("a line cut after \(count) bytes", source, Array(victim.prefix(count))),
                    end("a last line cut after \(count) bytes", source, victim.prefix(count)),
                ]
            } + cutArrays(source) + cutLists(source)
        }
    }

    /// Behind every structural character, inside of every third text, and one before the end.
    private static func places(in record: [UInt8]) -> [Int] {
        let structural = record.indices.filter { "{}[]:,\"".utf8.contains(record[$0]) }
        let inside = structural.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        return Array(Set(structural.filter { $0 % 2 == 0 }.map { $0 + 1 } + inside.map { $0 + 2 } + [record.count - 1]))
            .filter { $0 > 0 && $0 < record.count }.sorted()
    }

    private static func end(_ name: String, _ source: Source, _ cut: ArraySlice<UInt8>) -> MalformedBody {
        let before = source.good(0..<3).joined(separator: "\n") + "\n"
        return MalformedBody(name, source, Array(before.utf8) + cut, good: 3, other: 1)
    }

    private static func cutArrays(_ source: Source) -> [MalformedBody] {
        let whole = Array(("[" + (source.good(0..<3) + [source.victim.text]).joined(separator: ",\n") + "]").utf8)
        let start = whole.count - source.victim.text.utf8.count - 1
        return stride(from: start + 1, to: whole.count - 1, by: 31).map { count in
            MalformedBody(
                "an array cut after \(count) bytes", source, Array(whole.prefix(count)), good: 3, other: 1,
                type: "application/json")
        }
    }

    /// A list cut anywhere: the elements before the cut are complete.
    private static func cutLists(_ source: Source) -> [MalformedBody] {
        let elements = source.good(0..<4)
        let whole = Array(list(elements).utf8)
        var ends: [Int] = []
        for element in elements { ends.append((ends.last.map { $0 + 1 } ?? listHead.utf8.count) + element.utf8.count) }
        return stride(from: 1, to: whole.count, by: 37).map { count in
            MalformedBody(
                "a list cut after \(count) bytes", source, Array(whole.prefix(count)),
                good: ends.count { $0 <= count }, type: "application/json")
        }
    }
}
