import HTTPTransport
import Testing

@testable import Forge

@Suite struct ForgeConfigurationTests {
    private func configuration(_ api: String, token: String = "token") throws -> ForgeConfiguration {
        try ForgeConfiguration(api: api, repository: RepositoryCoordinates(gitURL: "git@h:o/n"), token: Secret(token))
    }

    @Test(arguments: [
        ("https://api.github.com", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://host/api/v3//", "https://host/api/v3"),
        ("http://127.0.0.1:3000/api/v1", "http://127.0.0.1:3000/api/v1"),
    ])
    func `takes plain addresses`(api: String, expected: String) throws {
        #expect(try configuration(api).api == expected)
    }

    @Test(arguments: [
        "", "api.github.com:x", "file:///etc", "ftp://host/api", "https://user:v3rysecret@host/",
        "https://host/?a=v3rysecret",
        "https://host/#x", "https://",
    ])
    func `refuses other addresses`(api: String) throws {
        let error = try #require(throws: ForgeError.self) { try configuration(api) }
        #expect(error.code == .configuration)
        #expect(!"\(error)".contains("v3rysecret"))
    }

    @Test func `refuses an empty token`() {
        #expect(throws: ForgeError.self) { try configuration("https://host", token: "") }
    }

    @Test func `prints no token`() throws {
        let text = "\(try configuration("https://host", token: "v3rysecret"))"
        #expect(text.contains("<redacted>"))
        #expect(!text.contains("v3rysecret"))
    }
}
