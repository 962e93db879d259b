import Testing

@testable import GitWriter

struct RemoteAddressTests {
    @Test(arguments: [
        ("https://Host/a/b.git/", "https://Host/a/b.git"), ("http://host:3000/a", "http://host:3000/a"),
        ("/srv/git/a.git", "/srv/git/a.git"), ("file:///srv/a.git", "file:///srv/a.git"),
    ])
    func `reads an address`(_ text: String, _ url: String) throws {
        #expect(try RemoteAddress(text).url == url)
    }

    @Test(arguments: [
        ("ssh://git@host/a/b.git", "git", "host", 22, "/a/b.git"), ("ssh://host/a", "git", "host", 22, "/a"),
        ("git@host:a/b.git", "git", "host", 22, "/a/b.git"), ("me@host:/a", "me", "host", 22, "/a"),
        ("ssh://me@[::1]:2222/a", "me", "::1", 2222, "/a"), ("ssh://me@host:2222/~/a", "me", "host", 2222, "/~/a"),
    ])
    func `reads an ssh address`(_ text: String, _ user: String, _ host: String, _ port: Int, _ path: String) throws {
        #expect(try RemoteAddress(text).scheme == .ssh(user: user, host: host, port: port, path: path))
    }

    @Test(arguments: [
        "", "a/b", "../a", "git://host/a", "ftp://host/a", "https://user:geheim@host/a", "https://host/a?x=1",
        "ssh://host", "ssh://user:geheim@host/a", "ssh://host:0/a", "ssh://-oProxyCommand=x/a", "-u@host:a", "host:a",
        "https://ho st/a", "ssh:///a", "ext::sh -c x", "file://host/a",
    ])
    func `refuses what is no address, without its password`(_ text: String) throws {
        let error = try failure { try RemoteAddress(text) }
        #expect(error.code == .invalidLocation)
        #expect(!"\(error)".contains("geheim"))
    }
}
