extension MalformedBody {
    /// What may stand where something else was meant; the last ones are no JSON.
    static let wrongValues: [String] = [
        "null", "true", "12", "-1", "-0", "1.5", "1e400", "18446744073709551616", String(repeating: "9", count: 400),
        #""text""#, #""""#, #""\u0000""#, #""\ud800""#, #""\u00e9\ud83d\ude00""#, "[]", "{}", "[[]]", "[null]",
        #"{"a":{"b":[1]}}"#, #"["x",1,{}]"#, "007", "NaN", "tru", "nulls", "'x'", "+1", "1.", "0x10",
    ]

    /// Every field that the decoders read, with every wrong value.
    static var fields: [MalformedBody] {
        let lines = Source.allCases.flatMap { source in
            variants(of: source.victim).map { line($0.name, source, $0.text) }
        }
        let elements = variants(of: Source.audit.victim).map { element($0.name, .audit, $0.text) }
        let envelopes = Source.envelopes.flatMap { envelope in
            variants(of: envelope.record).map { line("\(envelope.name)\($0.name)", .audit, $0.text) }
        }
        return lines + elements + envelopes
    }

    private static func variants(of record: JSONText) -> [(name: String, text: String)] {
        record.paths.flatMap { path in
            wrongValues.map { value in
                let shown = value.count > 20 ? "\(value.count) digits" : value
                return (
                    "\(record.name(of: path[...])) is \(shown)", record.replacing(path[...]) { _ in .raw(value) }.text
                )
            }
        }
    }

    /// Members that stand twice, or ten thousand times.
    static var duplicates: [MalformedBody] {
        Source.allCases.flatMap { source -> [MalformedBody] in
            let victim = source.victim
            let twice = victim.paths.flatMap { path in
                ["null", "[]", #""x""#].map { value in
                    line(
                        "\(victim.name(of: path[...])) stands twice, first as \(value)", source,
                        victim.doubling(path[...], first: .raw(value)).text)
                }
            }
            let inner = source == .hubble ? #""verdict":"DROPPED","# : #""verb":"delete","#
            let many = victim.text.replacing(
                source == .hubble ? #""verdict""# : #""verb""#,
                with: String(repeating: inner, count: 10_000) + (source == .hubble ? #""verdict""# : #""verb""#))
            return twice + [line("a member ten thousand times", source, many)]
        }
    }
}
