import Testing

@testable import Layout

@Suite struct KustomizationTests {
    @Test(arguments: [
        ("resources:\n- a.yaml\n", "resources:\n- a.yaml\n- new.yaml\n"),
        ("resources:\n  - a.yaml\n  - b.yaml\n", "resources:\n  - a.yaml\n  - b.yaml\n  - new.yaml\n"),
        ("resources:\n- \"a.yaml\"\n- 'b.yaml'\n", "resources:\n- \"a.yaml\"\n- 'b.yaml'\n- new.yaml\n"),
        (
            "# top\nresources: # all\n# first\n- a.yaml # why\n# last\n\n# end\n",
            "# top\nresources: # all\n# first\n- a.yaml # why\n- new.yaml\n# last\n\n# end\n"
        ),
        (
            "resources:\n- a.yaml\npatches:\n- path: p.yaml\n",
            "resources:\n- a.yaml\n- new.yaml\npatches:\n- path: p.yaml\n"
        ),
        ("resources:\n- a.yaml", "resources:\n- a.yaml\n- new.yaml"),
        ("kind: Kustomization\n", "kind: Kustomization\nresources:\n- new.yaml\n"),
        ("kind: Kustomization", "kind: Kustomization\nresources:\n- new.yaml\n"),
        ("---\nkind: Kustomization\n# end", "---\nkind: Kustomization\n# end\nresources:\n- new.yaml\n"),
        ("resources:\r\n- a.yaml\r\nkind: x\r\n", "resources:\r\n- a.yaml\r\n- new.yaml\r\nkind: x\r\n"),
        ("kind: x\r\n", "kind: x\r\nresources:\r\n- new.yaml\r\n"),
        ("resources:\n-   a.yaml\n", "resources:\n-   a.yaml\n- new.yaml\n"),
        (
            "resources:\n\n  - a.yaml\n\n  - b.yaml\n\nkind: x\n",
            "resources:\n\n  - a.yaml\n\n  - b.yaml\n  - new.yaml\n\nkind: x\n"
        ),
        ("é: ü\nresources:\n- ä.yaml\n", "é: ü\nresources:\n- ä.yaml\n- new.yaml\n"),
    ])
    func `lists a file and leaves every other line as it is`(text: String, expected: String) throws {
        #expect(try Self.listing(text, ["new.yaml"]) == expected)
        #expect(try Self.listing(expected, ["new.yaml"]) == expected)
    }

    @Test func `lists several files in order, each once`() throws {
        let text = "resources:\n- b.yaml\n- ./d.yaml\n"
        #expect(
            try Self.listing(text, ["e.yaml", "b.yaml", "c.yaml", "d.yaml", "a.yaml", "c.yaml"])
                == "resources:\n- b.yaml\n- ./d.yaml\n- a.yaml\n- c.yaml\n- e.yaml\n")
    }

    @Test(arguments: [
        "resources:\n- new.yaml\n", "resources: [new.yaml]\n", "resources:\n- ./new.yaml\n- x",
        "resources:\n- 'new.yaml'",
    ])
    func `has nothing to change where the file is listed`(text: String) throws {
        #expect(try Self.listing(text, ["new.yaml"]) == text)
    }

    @Test(arguments: [
        "", "# nothing\n", "- a\n", "text", "resources: []\n", "resources:\n", "resources: ~\n",
        "resources: [a.yaml]\n",
        "resources: {a: b}\n", "resources: a.yaml\n", "resources:\n- >-\n  a.yaml\n", "resources:\n- - a.yaml\n",
        "resources:\n- a: b\n", "resources:\n-\n  a.yaml\n", "a: [", "{kind: x}\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n",
        "resources:\n- a.yaml\nresources:\n- b.yaml\n", "resources: &x\n- a.yaml\nbases: *x\n? y\n: |\n", "\u{1}",
    ])
    func `leaves alone what it cannot edit line by line`(text: String) {
        do {
            let edited = try Self.listing(text, ["new.yaml"])
            // Where it can be edited after all, the edit has to be the one line.
            #expect(edited.replacing("- new.yaml\n", with: "") == text)
        } catch let error as LayoutError {
            #expect(error.code == .unreadableKustomization)
            #expect(error.message.contains("apps/kustomization.yaml"))
        } catch {
            Issue.record(error)
        }
    }

    @Test(arguments: [
        ("namespace: shop\n", "shop"), ("kind: x\n", nil), ("namespace:\n", nil), ("namespace: ''\n", nil),
    ])
    func `tells the namespace that it sets`(text: String, namespace: String?) throws {
        #expect(try Kustomization(path: "kustomization.yaml", text: text).namespace() == namespace)
    }

    @Test(arguments: ["kustomization.yaml", "kustomization.yml", "Kustomization"])
    func `is found under each of its names`(name: String) {
        let tree = RepositoryTree(files: ["apps/\(name)": Array("kind: x".utf8), name: Array("kind: y".utf8)])
        #expect(Kustomization.find(in: "apps", tree)?.text == "kind: x")
        #expect(Kustomization.find(in: "", tree)?.text == "kind: y")
        #expect(Kustomization.find(in: "other", tree)?.text == nil)
    }

    private static func listing(_ text: String, _ files: [String]) throws -> String {
        try Kustomization(path: "apps/kustomization.yaml", text: text).listing(files)
    }
}
