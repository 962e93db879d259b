/// Which parts of a JSON value are kept; everything that a shape does not name is passed over.
indirect enum Shape: Sendable {
    /// A string, number or boolean.
    case scalar
    case text
    /// The named members.
    case object([String: Shape])
    /// An object with string values, all of them kept (labels).
    case texts
    case array(Shape)

    static let textList = Shape.array(.text)
}
