import Domain

/// Why a JSON text could not be read; becomes a `Diagnostic`.
struct JSONFailure: Error {
    let kind: Diagnostic.Kind

    static let notJSON = JSONFailure(kind: .notJSON)
    static let wrongType = JSONFailure(kind: .wrongType)
    static let notText = JSONFailure(kind: .notText)
    static let tooLong = JSONFailure(kind: .tooLong)
}
