import Proposals
import Rendering

extension ScopeResult {
    /// True if the server refused the push, or somebody was faster.
    package var isRejected: Bool {
        switch outcome {
        case .rejected, .overtaken: true
        default: false
        }
    }

    /// The result for a person.
    ///
    /// - Parameter showsBody: with the pull request's text, where no forge shows it.
    package func text(isDryRun: Bool, showsBody: Bool) -> String {
        var lines = ["\(scope): \(headline(isDryRun))"]
        lines += refusedFiles.map { "  left alone: \($0)" }
        lines += obstacles.prefix(50).map { "  first: \($0)" }
        lines += stopping.prefix(50).map { "  would be denied: \($0)" }
        lines += warnings.map { "  warning: \($0)" }
        if case .proposed(_, _, let warnings) = outcome { lines += warnings.map { "  the forge: \($0)" } }
        var text = lines.map { TerminalText.oneLine($0) + "\n" }.joined()
        if isDryRun { text += difference }
        if isDryRun && !difference.isEmpty || showsBody && isNewlyProposed { text += "\n\(title)\n\n\(body)\n" }
        return text
    }

    /// The result for logs: one line.
    package var line: String { TerminalText.oneLine("\(scope): \(headline(false))") }

    /// What became of the scope, as metrics count it.
    package var word: String {
        if !obstacles.isEmpty { return "waiting" }
        if !stopping.isEmpty { return "stopped" }
        return switch outcome {
        case nil, .nothing: "nothing"
        case .proposed, .pullRequestOnly: "proposed"
        case .retired: "retired"
        case .rejected, .overtaken: "rejected"
        }
    }

    private var isNewlyProposed: Bool {
        if case .proposed = outcome { true } else { false }
    }

    private func headline(_ isDryRun: Bool) -> String {
        if !obstacles.isEmpty { return "not proposed yet" }
        if !stopping.isEmpty {
            return "stopped, since \(stopping.count) observed connections or requests would be denied"
        }
        if isDryRun && !difference.isEmpty { return "would be proposed on \(branch)" }
        if isDryRun { return refusedFiles.isEmpty ? "the base has everything already" : Self.onlyRefused }
        switch outcome {
        case nil: return "nothing done"
        case .nothing(.upToDate) where !refusedFiles.isEmpty: return Self.onlyRefused
        case .nothing(let reason): return Self.text(reason)
        case .proposed(let branch, let pull, _):
            guard let pull else { return "pushed to \(branch)" }
            return "pushed to \(branch), pull request \(pull.isNew ? "opened" : "updated"): \(pull.url)"
        case .pullRequestOnly(let pull, _): return "pull request \(pull.isNew ? "opened" : "updated"): \(pull.url)"
        case .retired(let branch, _): return "the base has everything now: \(branch) is retired"
        case .rejected(let branch, let reason): return "the server rejected the push to \(branch): \(reason)"
        case .overtaken(let branch): return "somebody pushed to \(branch) at the same time: run again"
        }
    }

    private static let onlyRefused = "nothing to propose but what is left to people"

    private static func text(_ reason: Action.Reason) -> String {
        switch reason {
        case .upToDate: "nothing to propose, the base has everything"
        case .alreadyProposed: "nothing new, it is proposed already"
        case .editedByPeople(let people): "left alone, \(people.joined(separator: ", ")) committed to the branch"
        case .rejectedByPeople: "left alone, a pull request of this content was closed without merging"
        }
    }
}
