/// Text from records, made safe for Markdown in a pull request.
package enum MarkdownText {
    /// The text as one line that renders as itself: no mention, reference, link, markup or HTML can come of it.
    ///
    /// Forges turn `@name`, `#1` and addresses into notifications and links; a zero-width joiner would be invisible in a
    /// review, so that such text goes into a code span instead.
    package static func code(_ text: String) -> String {
        let line = TerminalText.oneLine(text)
        var longest = 0
        var run = 0
        // Scalars, as Markdown reads them: a backtick with an accent over it is still one.
        for scalar in line.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        // Without content two fences would be the start of another span.
        let content = line.isEmpty ? " " : line.escapingPipes
        let pad = longest > 0 ? " " : ""
        return fence + pad + content + pad + fence
    }
}

extension String {
    /// A pipe ends a table cell even inside a code span, unless it is escaped.
    ///
    /// Forges differ in whether a backslash before it escapes the escape, so that such a pipe is spelt out instead.
    fileprivate var escapingPipes: String {
        var escaped = ""
        var previous: Unicode.Scalar?
        for scalar in unicodeScalars {
            if scalar == "|" {
                escaped += previous == "\\" ? "\\u{7c}" : "\\|"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return escaped
    }
}
