import Domain
import Layout
import Testing

@Suite struct PlacementTests {
    @Test(arguments: [
        ("policies/{namespace}", "shop", "policies/shop"), ("policies", "shop", "policies"),
        ("clusters/{cluster}/{namespace}/leastwise", "shop", "clusters/prod-eu/shop/leastwise"),
        ("{namespace}", "", "_cluster"), ("{cluster}-{namespace}", "shop", "prod-eu-shop"),
        ("a b/ü", "shop", "a b/ü"),
    ])
    func `fills in namespace and cluster`(pattern: String, namespace: String, folder: String) throws {
        let placement = try Placement(pattern: pattern)
        #expect(placement.folder(cluster: ClusterName("prod-eu"), namespace: Namespace(namespace)) == folder)
    }

    @Test(arguments: [
        "", "/", "/etc", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "a/./b", ".git", ".git/hooks", "a/.GIT/b",
        "a/.git",
    ])
    func `refuses a pattern that leaves the repository`(pattern: String) {
        #expect { try Placement(pattern: pattern) } throws: { error in
            (error as? LayoutError)?.code == .badPath
        }
    }

    @Test(
        arguments: [
            "..", ".", "../..", "/etc", "a/b", "a\\b", ".git", ".GIT", "git", "{cluster}", "{namespace}", "a\u{0}b",
            "a\nb", "é", " ",
            "_cluster", String(repeating: "a", count: 5000),
        ],
        ["policies/{namespace}", "policies/.{namespace}", "{cluster}/{namespace}", "x{namespace}"])
    func `keeps hostile names inside their folder`(name: String, pattern: String) throws {
        let folder = try Placement(pattern: pattern)
            .folder(cluster: ClusterName(name), namespace: Namespace(name))
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        #expect(parts.count == pattern.split(separator: "/").count)
        for part in parts {
            #expect(!["", ".", "..", ".git"].contains(part.lowercased()))
            #expect(part.utf8.count <= 255)
            #expect(part.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
        }
        let cluster = try Placement(pattern: pattern).folder(cluster: ClusterName(name), namespace: .clusterScope)
        #expect(folder != cluster, "no namespace shares the folder of what has none")
    }

    @Test func `keeps hostile names apart`() throws {
        let placement = try Placement(pattern: "{namespace}")
        let names = ["a/b", "a\\b", "..", ".", "a\u{0}b", "_cluster", ".git"]
        let folders = Set(names.map { placement.folder(cluster: ClusterName("c"), namespace: Namespace($0)) })
        #expect(folders.count == names.count)
    }
}
