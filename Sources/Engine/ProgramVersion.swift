/// The program's version.
package enum ProgramVersion {
    /// Semantic versioning.
    package static let text = "0.1.0"
}
