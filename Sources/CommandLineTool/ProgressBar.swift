import Glibc

/// A line on standard error that shows how far a run came; nothing where no terminal is.
final class ProgressBar {
    private static let width = 30
    private let isShown = Console.isInteractive
    private var lastPercent = -1
    private var wasDrawn = false

    /// Draws the bar anew if its number changed. Without a total, the MiB read so far.
    func show(done: Int, total: Int?) {
        guard isShown else { return }
        guard let total, total > 0 else {
            draw(number: done >> 20, "\(done >> 20) MiB")
            return
        }
        let percent = min(100, done * 100 / total)
        let filled = percent * Self.width / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        draw(number: percent, "[\(bar)] \(percent) %")
    }

    /// Takes the line away.
    func clear() {
        if wasDrawn { Console.draw("\r\u{1b}[K") }
    }

    private func draw(number: Int, _ text: String) {
        guard number != lastPercent else { return }
        lastPercent = number
        wasDrawn = true
        Console.draw("\r\u{1b}[K\(text)")
    }
}
