import Testing

@testable import Forge

@Suite struct LinkHeaderTests {
    @Test(arguments: [
        (#"<https://h/p?page=2>; rel="next", <https://h/p?page=9>; rel="last""#, "page=2"),
        (#"<https://h/p?page=1>; rel="prev", <https://h/p?a=b,c&page=3>; rel="next""#, "a=b,c&page=3"),
        (#"<https://evil.example/other?page=2>;rel=next"#, "page=2"),
        (#"<?after=x>; title="a"; rel="next""#, "after=x"),
        (#"<https://h/p?page=1>; rel="prev""#, nil),
        (#"<https://h/p>; rel="next""#, nil),
        ("", nil), ("<", nil), ("<>", nil), (">; rel=next", nil), ("<<<>>>", nil),
    ])
    func `takes the query of the next page`(header: String, expected: String?) {
        #expect(LinkHeader.nextQuery(header) == expected)
    }
}
