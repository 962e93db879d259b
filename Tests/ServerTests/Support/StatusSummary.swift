import Foundation
import HTTPTransport

/// What tests read of `/v1/status`.
struct StatusSummary: Decodable {
    let ready: Bool
    let obstacles: [String]
    let store: Store
    let intake: Intake

    struct Store: Decodable {
        let problem: String?
    }

    struct Intake: Decodable {
        let connections: Int
        let bufferedBytes: Int
    }
}

extension HTTPResponse {
    func decoded<Document: Decodable>() throws -> Document {
        try JSONDecoder().decode(Document.self, from: Data(body))
    }
}
