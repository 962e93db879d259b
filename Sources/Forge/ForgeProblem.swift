import FoundationEssentials
import HTTPTransport

/// What a forge says about a refusal, as far as it can be read.
struct ForgeProblem: Sendable {
    /// One entry of GitHub's `errors`.
    struct Detail: Decodable, Sendable {
        let field: String?
        let code: String?
        let message: String?

        private enum CodingKeys: CodingKey {
            case field, code, message
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                (field, code, message) = (nil, nil, text)
                return
            }
            let container = try decoder.container(keyedBy: CodingKeys.self)
            field = try? container.decodeIfPresent(String.self, forKey: .field)
            code = try? container.decodeIfPresent(String.self, forKey: .code)
            message = try? container.decodeIfPresent(String.self, forKey: .message)
        }
    }

    private struct Document: Decodable {
        let message: String?
        let errors: [Detail]?

        private enum CodingKeys: CodingKey {
            case message, errors
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            message = try? container.decodeIfPresent(String.self, forKey: .message)
            errors = try? container.decodeIfPresent([Detail].self, forKey: .errors)
        }
    }

    private static let longestText = 500

    let message: String
    let details: [Detail]

    /// Reads an answer's body; a body that is no JSON object gives an empty message.
    init(_ response: HTTPResponse) {
        let document = try? JSONDecoder().decode(Document.self, from: Data(response.body))
        message = document?.message ?? ""
        details = document?.errors ?? []
    }

    /// Message and details in one bounded line without control characters; not redacted.
    var text: String {
        let parts =
            [message] + details.map { $0.message ?? [$0.field, $0.code].compactMap(\.self).joined(separator: " ") }
        let line = parts.filter { !$0.isEmpty }.joined(separator: "; ").prefix(Self.longestText)
        return String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }

    /// Whether message or a detail holds a text, whatever the case.
    func mentions(_ phrase: String) -> Bool {
        ([message] + details.compactMap(\.message)).contains { $0.lowercased().contains(phrase) }
    }
}
