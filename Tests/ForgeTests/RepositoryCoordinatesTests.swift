import Testing

@testable import Forge

@Suite struct RepositoryCoordinatesTests {
    @Test(arguments: [
        ("https://github.com/acme/gitops.git", "github.com", "acme", "gitops"),
        ("https://github.com/acme/gitops", "github.com", "acme", "gitops"),
        ("https://GitHub.com/acme/gitops/", "github.com", "acme", "gitops"),
        ("http://host:8080/acme/gitops.git", "host", "acme", "gitops"),
        ("https://ann:t0ken@host/acme/gitops.git", "host", "acme", "gitops"),
        ("ssh://git@host:2222/acme/gitops.git", "host", "acme", "gitops"),
        ("ssh://host/acme/gitops", "host", "acme", "gitops"),
        ("git@github.com:acme/gitops.git", "github.com", "acme", "gitops"),
        ("github.com:acme/gitops", "github.com", "acme", "gitops"),
        ("git@host:/acme/gitops.git", "host", "acme", "gitops"),
        ("git@[2001:db8::1]:acme/gitops.git", "[2001:db8::1]", "acme", "gitops"),
        ("ssh://git@[2001:db8::1]:22/acme/gitops.git", "[2001:db8::1]", "acme", "gitops"),
        ("https://gitlab.com/group/sub/project.git", "gitlab.com", "group/sub", "project"),
        ("https://host/acme/.github", "host", "acme", ".github"),
        ("https://host/acme/a.git.git", "host", "acme", "a.git"),
    ])
    func `reads git URLs`(url: String, host: String, owner: String, name: String) throws {
        let coordinates = try RepositoryCoordinates(gitURL: url)
        #expect(coordinates.host == host)
        #expect(coordinates.owner == owner)
        #expect(coordinates.name == name)
        #expect(coordinates.path == "\(owner)/\(name)")
    }

    @Test(arguments: [
        "", "/srv/git/repo.git", "file:///srv/git/repo.git", "./acme/gitops", "https://host", "https://host/",
        "https://host/only", "git@host:only", "https:///acme/gitops", "ftp://host/acme/gitops",
        "https://host/../gitops",
        "https://host/acme/gitops?token=v3rysecret", "https://host/acme/gitops#x", "https://host/ac me/gitops",
        "https://host/acme/%2e%2e", "https://host/acme/.git", "git@[::1:acme/gitops", "https://v3rysecret@/acme/gitops",
        "https://host/acme/git\nops",
    ])
    func `refuses what names no repository of a forge and repeats nothing of it`(url: String) throws {
        let error = try #require(throws: ForgeError.self) { try RepositoryCoordinates(gitURL: url) }
        #expect(error.code == .configuration)
        #expect(!"\(error)".contains("v3rysecret"))
    }
}
