import FoundationEssentials
import HTTPTransport

/// What a server says about an error (API reference, `Status`).
enum ServerStatus {
    private struct Status: Decodable {
        let message: String?
    }

    /// The problem in a line, with the next step.
    static func problem(_ response: HTTPResponse, _ resource: WatchedResource) -> String {
        switch response.status {
        case 401: "the server takes none of the credentials (401): check the token or the client certificate"
        case 403: "a right is missing (403): add the rule \(resource.rule)"
        case 404: "the server does not have it (404): it is looked for again when kinds are"
        default: "the server answered \(response.status): \(message(response))"
        }
    }

    static func message(_ response: HTTPResponse) -> String {
        let status = try? JSONDecoder().decode(Status.self, from: Data(response.body))
        return printable(status?.message ?? response.text)
    }

    /// At most 300 characters of a text that the server chose, without control characters.
    static func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(300).map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }

    /// The wait that the server asks for, in seconds (RFC 9110, 10.2.3; API servers send no date).
    static func retryAfter(_ response: HTTPResponse) -> Duration? {
        response.headers["Retry-After"].flatMap { Int($0) }.flatMap { $0 >= 0 ? .seconds(min($0, 3600)) : nil }
    }
}
