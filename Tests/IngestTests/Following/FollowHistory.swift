import Foundation
import Ingest

/// A random history of a log: its writer appends and rotates, and its follower polls, commits and dies, in any order.
struct FollowHistory {
    enum Style: CaseIterable { case lumberjack, logrotate, copyTruncate }

    private let folder: LogFolder
    private let style: Style
    /// Each file begins with the same line, as those of some loggers do.
    private let hasHeader: Bool
    private var random: SeededGenerator
    private(set) var harness: FollowHarness
    private(set) var written: [String] = []
    private(set) var steps: [String] = []
    private var rest = ""
    private var rotations = 0
    /// Compressed files that are half written, with the other half.
    private var unfinished: [(name: String, rest: [UInt8])] = []
    /// Plain files whose compressed form is complete.
    private var obsolete: [String] = []
    /// A copy was made, and the file is not truncated yet.
    private var isBetweenCopyAndTruncation = false

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        folder = try LogFolder()
        style = Style.allCases.randomElement(using: &random) ?? .lumberjack
        hasHeader = Int.random(in: 0..<4, using: &random) == 0
        var options = FollowOptions()
        options.chunkBytes = Int.random(in: 200...4000, using: &random)
        options.bytesPerFile = Int.random(in: 500...20_000, using: &random)
        options.bytesPerPoll = Int.random(in: 1000...40_000, using: &random)
        options.openFiles = Int.random(in: 1...5, using: &random)
        let patterns = [folder("app.log"), folder.path, folder("app*.log")]
        harness = try FollowHarness([patterns.randomElement(using: &random) ?? ""], options: options)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func run(_ count: Int) throws {
        for _ in 0..<count { try step() }
        try completeLine()
        if isBetweenCopyAndTruncation { try truncateCopied() }
        for _ in 0..<3 {
            try finishCompressing()
            try removeObsolete()
            try harness.drain(2, wait: .seconds(61))
            try harness.restart()
        }
        try harness.drain()
    }

    private mutating func step() throws {
        switch number(0...15) {
        case 0...3: try append(number(1...20))
        case 4: try appendPart()
        case 5...6: try rotate()
        case 7: try compress()
        case 8: try finishCompressing()
        case 9: try removeObsolete()
        case 10...12: try poll()
        case 13:
            note("commit")
            harness.commit()
        case 14:
            note("restart")
            try harness.restart()
        default: try removeCommitted()
        }
    }

    private mutating func note(_ step: String) { steps.append(step) }

    private mutating func poll() throws {
        let waits: [Duration] = [.milliseconds(1), .seconds(1), .seconds(2), .seconds(70)]
        let wait = waits.randomElement(using: &random) ?? .zero
        let refusing = number(0...5) == 0 ? number(0...2) : .max
        steps.append("poll \(wait) \(refusing)")
        try harness.poll(after: wait, refusing: refusing)
    }

    // MARK: The writer

    private mutating func record() -> String {
        let length = number(0...9) == 0 ? number(500...3000) : number(0...60)
        let record = "\(written.count) \(random.next()) \(String(repeating: "+", count: length))"
        written.append(record)
        return record + "\n"
    }

    /// Between the copy and the truncation nothing may be written: it would be lost by nature.
    private mutating func append(_ count: Int) throws {
        if isBetweenCopyAndTruncation { try truncateCopied() }
        var text = rest
        rest = ""
        let isNew = try !folder.exists("app.log") || folder.bytes("app.log").isEmpty
        if hasHeader, isNew { text = "# log\n" }
        for _ in 0..<count { text += record() }
        note("append \(count)")
        try folder.append(text, to: "app.log")
    }

    private mutating func appendPart() throws {
        guard rest.isEmpty else { return }
        try append(1)
        let record = record()
        let part = record.prefix(number(1...record.count - 1))
        rest = String(record.dropFirst(part.count))
        note("append part")
        try folder.append(String(part), to: "app.log")
    }

    private mutating func completeLine() throws {
        guard !rest.isEmpty else { return }
        try folder.append(rest, to: "app.log")
        rest = ""
    }

    private mutating func rotate() throws {
        if isBetweenCopyAndTruncation { return try truncateCopied() }
        guard folder.exists("app.log"), try !folder.bytes("app.log").isEmpty else { return }
        try completeLine()
        rotations += 1
        note("rotate \(rotations)")
        switch style {
        case .lumberjack:
            let stamp = "2026-11-01T\(10 + rotations % 90)-\(10 + rotations / 90)-00.000"
            try folder.rename("app.log", to: "app-\(stamp).log")
        case .logrotate:
            try shift()
            try folder.rename("app.log", to: "app.log.1")
        case .copyTruncate:
            try shift()
            try folder.copy("app.log", to: "app.log.1")
            isBetweenCopyAndTruncation = true
            if number(0...1) == 0 { try truncateCopied() }
        }
    }

    private mutating func truncateCopied() throws {
        note("truncate")
        try folder.truncate("app.log")
        isBetweenCopyAndTruncation = false
    }

    /// `.1` becomes `.2`, and so on.
    private mutating func shift() throws {
        try finishCompressing()
        try removeObsolete()
        for number in (1...rotations).reversed() {
            for suffix in ["", ".gz"] where folder.exists("app.log.\(number)\(suffix)") {
                try folder.rename("app.log.\(number)\(suffix)", to: "app.log.\(number + 1)\(suffix)")
            }
        }
    }

    private func rotated() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "app.log" }.sorted()
    }

    /// Compresses a rotated file, at once or in two steps.
    private mutating func compress() throws {
        if isBetweenCopyAndTruncation { try truncateCopied() }
        let plain = try rotated().filter {
            !$0.hasSuffix(".gz") && !obsolete.contains($0) && !folder.exists("\($0).gz")
        }
        guard let name = plain.randomElement(using: &random) else { return }
        if number(0...3) == 0 {
            note("gzip \(name)")
            return try folder.gzip(name)
        }
        let bytes = gzip(try folder.bytes(name))
        let half = number(0...bytes.count)
        note("compress \(name)")
        try folder.append(Array(bytes[..<half]), to: "\(name).gz")
        unfinished.append((name, Array(bytes[half...])))
    }

    private mutating func finishCompressing() throws {
        for (name, rest) in unfinished {
            note("compressed \(name)")
            try folder.append(rest, to: "\(name).gz")
            obsolete.append(name)
        }
        unfinished = []
    }

    private mutating func removeObsolete() throws {
        for name in obsolete {
            note("remove \(name)")
            try folder.remove(name)
        }
        obsolete = []
    }

    /// What was stored may be deleted, as backups over a number are, or truncated without a copy.
    private mutating func removeCommitted() throws {
        guard unfinished.isEmpty, obsolete.isEmpty, rest.isEmpty, !isBetweenCopyAndTruncation else { return }
        guard harness.lines.count(where: { !$0.hasPrefix("#") }) == written.count else { return }
        if let name = try rotated().randomElement(using: &random), number(0...1) == 0 {
            note("delete \(name)")
            try folder.remove(name)
        } else if folder.exists("app.log") {
            note("truncate all")
            try folder.truncate("app.log")
        }
    }
}
