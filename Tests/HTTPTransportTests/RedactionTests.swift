import Testing

@testable import HTTPTransport

@Suite struct RedactionTests {
    @Test(arguments: [
        ("token v3rysecret!", "token <redacted>!"),
        ("ghp_0123456789abcdefghij0123456789abcdef is bad", "<redacted> is bad"),
        ("ghs_12345_eyJhbGciOi.eyJpc3MiOiI.AbC-d_e", "<redacted>"),
        ("'github_pat_11ABCDEFG0123456789'", "'<redacted>'"),
        ("glpat-0123456789abcdefghij", "<redacted>"),
        ("https://ann:pw@host/x and http://bob@host", "https://<redacted>@host/x and http://<redacted>@host"),
        ("https://host/a@b", "https://host/a@b"),
        ("mail ann@example.com", "mail ann@example.com"),
        ("ghost_of_a_name_in_plain_text", "ghost_of_a_name_in_plain_text"),
        ("ghp_short", "ghp_short"),
        ("", ""),
    ])
    func `takes secrets out of a text`(text: String, expected: String) {
        #expect(Redaction(secrets: [Secret("v3rysecret")])(text) == expected)
    }

    @Test(arguments: [
        ("https://host/p?state=open&page=2", "https://host/p?state=open&page=2"),
        ("https://host/p?access_token=abc&x=1", "https://host/p?access_token=<redacted>&x=1"),
        ("https://host/p?Private_Token=abc", "https://host/p?Private_Token=<redacted>"),
        ("https://host/p?sig=a%3D&", "https://host/p?sig=<redacted>&"),
        ("https://u:p@host/p?flag", "https://<redacted>@host/p?flag"),
    ])
    func `takes secrets out of a URL`(url: String, expected: String) {
        #expect(Redaction()(url: url) == expected)
    }

    @Test func `replaces the longer of two secrets first`() {
        let redaction = Redaction(secrets: [Secret("abcd"), Secret("abcdefgh")])
        #expect(redaction("abcdefgh abcd") == "<redacted> <redacted>")
    }

    @Test func `leaves very short secrets alone, which would hit plain words`() {
        #expect(Redaction(secrets: [Secret("a"), Secret("")])("a cat") == "a cat")
    }
}
