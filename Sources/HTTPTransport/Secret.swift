/// A text that must never reach a log, an error or a snapshot: it prints as `<redacted>` everywhere.
package struct Secret: Sendable, Hashable {
    private let value: String

    /// Wraps a secret text.
    package init(_ value: String) {
        self.value = value
    }

    /// The secret itself, for the one place that sends it.
    package func reveal() -> String { value }

    /// Whether there is nothing in it.
    package var isEmpty: Bool { value.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    package var description: String { "<redacted>" }

    /// Always `<redacted>`.
    package var debugDescription: String { description }

    /// Shows no children, so that `dump` prints nothing either.
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
