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
    /// The named members; each other one as `true` unless it is null, so that a reader can see that there is more.
    case open([String: Shape])
    /// `true` for whatever is there.
    case presence

    static let textList = Shape.array(.text)
}
