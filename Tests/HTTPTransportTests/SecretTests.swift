import Testing

@testable import HTTPTransport

@Suite struct SecretTests {
    private let secret = Secret("v3rysecret")

    @Test func `prints as redacted in every way`() {
        var dumped = ""
        dump(secret, to: &dumped)
        let request = HTTPRequest(url: "https://host/", credentials: .basic(user: "ann", password: secret))
        var dumpedRequest = ""
        dump(request, to: &dumpedRequest)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), dumped, "\(Optional(secret) as Any)",
            "\([secret])", "\(request)", String(reflecting: request), dumpedRequest,
        ]
        for text in texts {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("v3rysecret"))
        }
    }

    @Test func `reveals itself when asked`() {
        #expect(secret.reveal() == "v3rysecret")
        #expect(!secret.isEmpty)
    }
}
