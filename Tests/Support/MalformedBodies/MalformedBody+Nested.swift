extension MalformedBody {
    private static let shapes: [(name: String, open: String, close: String)] = [
        ("objects", #"{"a":"#, "}"), ("arrays", "[", "]"), ("both", #"[{"a":"#, "}]"),
    ]

    /// Values nested far deeper than any record.
    static var nested: [MalformedBody] {
        Source.allCases.flatMap { source in
            shapes.flatMap { shape in
                [10_000, 100_000].flatMap { depth in bodies(source, shape, depth) }
            }
        } + [
            MalformedBody("a megabyte of [", .audit, [UInt8](repeating: 0x5b, count: 1 << 20), good: 0),
            MalformedBody("a megabyte of {", .audit, [UInt8](repeating: 0x7b, count: 1 << 20), good: 0),
            MalformedBody(
                "a megabyte of {\"a\":", .hubble, Array(String(repeating: #"{"a":"#, count: 200_000).utf8), good: 0),
        ]
    }

    private static func bodies(
        _ source: Source, _ shape: (name: String, open: String, close: String), _ depth: Int
    ) -> [MalformedBody] {
        let opened = String(repeating: shape.open, count: depth) + "1"
        let deep = opened + String(repeating: shape.close, count: depth)
        let name = "\(shape.name) \(depth) deep"
        let victim = source.victim
        let read = victim.paths.filter { $0.count == (source == .hubble ? 2 : 1) }
        let fields = read.enumerated().filter { $0.offset % 4 == 0 }.map { _, path in
            line(
                "\(name) in \(victim.name(of: path[...]))", source,
                victim.replacing(path[...]) { _ in .raw(deep) }.text)
        }
        let ignored = #"{"ignored":"# + deep + "," + victim.text.dropFirst()
        return fields + [
            line("\(name) in a field that nobody reads", source, ignored),
            line("\(name), a whole line", source, deep),
            line("\(name), never closed", source, opened),
            element("\(name)", source, deep),
        ]
    }
}
