import Foundation

/// The table in docs/ARCHITECTURE.md: which module may import which of ours.
struct ModuleTable {
    let allowed: [String: Set<String>]

    struct Missing: Error {}

    init(markdown: String) throws {
        var allowed: [String: Set<String>] = [:]
        for line in markdown.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3 else { continue }
            allowed[Self.names(cells[0]).first ?? ""] = Set(Self.names(cells[2]))
        }
        guard !allowed.isEmpty else { throw Missing() }
        self.allowed = allowed
    }

    /// The words between backticks.
    private static func names(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
