import AppConfiguration
import Testing

@Suite struct ConfigurationFileTests {
    @Test func `reads values by their path`() throws {
        let file = try ConfigurationFile(
            parsing: """
                # A comment.
                cluster: prod-eu
                repository:
                  url: "https://git.example.com/x.git"
                  timeoutSeconds: 30
                forge: {kind: github, labels: [a, 'b: c'], reviewers: ann}
                """, name: "leastwise.yaml")
        #expect(
            file.values == [
                "cluster": ["prod-eu"], "repository.url": ["https://git.example.com/x.git"],
                "repository.timeoutSeconds": ["30"], "forge.kind": ["github"], "forge.labels": ["a", "b: c"],
                "forge.reviewers": ["ann"],
            ])
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "---\n...\n", "~", "{}"])
    func `takes a file without keys for one that sets nothing`(text: String) throws {
        #expect(try ConfigurationFile(parsing: text, name: "f").values.isEmpty)
    }

    @Test(arguments: [
        "database:\n", "database: ~\n", "database: null\n", "forge:\n  labels:\n", "forge: {labels: ~}\n",
        "forge:\n  # kind: github\n",
    ])
    func `takes a key without a value for one that is not set`(text: String) throws {
        #expect(try ConfigurationFile(parsing: text, name: "f").values.isEmpty)
    }

    @Test(arguments: [
        ("clusterr: x", "f:1", "clusterr", "cluster"),
        ("cluster: x\nrepository:\n  base: main\n  ulr: y", "f:4", "repository.ulr", "repository.url"),
        ("proposals: {groupby: cluster}", "f:1", "proposals.groupby", "proposals.groupBy"),
        ("1: x", "f:1", "1", ""), ("clusterr:", "f:1", "clusterr", "cluster"),
    ])
    func `refuses an unknown key and names the nearest`(text: String, place: String, key: String, nearest: String) {
        expect(.unknownKey, text) { error in
            #expect(error.message.hasPrefix(place + ":"))
            #expect(error.message.contains("'\(key)'"))
            #expect(error.hint.contains("'\(nearest)"))
        }
    }

    @Test(arguments: [
        ("[a, b]", "the file"), ("text", "the file"), ("cluster: [a]", "cluster"), ("cluster: {a: b}", "cluster"),
        ("repository: x", "repository"), ("repository: [url]", "repository"),
        ("forge: {labels: {a: b}}", "forge.labels"),
        ("forge: {labels: [[a]]}", "forge.labels"), ("forge: {labels: [{a: b}]}", "forge.labels"),
    ])
    func `refuses a value of the wrong shape`(text: String, key: String) {
        expect(.wrongType, text) { #expect($0.message.contains(key)) }
    }

    @Test(arguments: [
        "a: [", "a: b: c", "\tcluster: x", "cluster: x\ncluster: y", "a: &x *y", "%", "cluster: 'x", "\u{1}",
    ])
    func `refuses what is not YAML`(text: String) {
        expect(.notYAML, text) { #expect($0.message.contains("f ")) }
    }

    private func expect(
        _ code: ConfigurationError.Code, _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ check: (ConfigurationError) -> Void
    ) {
        do {
            let file = try ConfigurationFile(parsing: text, name: "f")
            Issue.record("read as \(file.values)", sourceLocation: sourceLocation)
        } catch let error as ConfigurationError {
            #expect(error.code == code, sourceLocation: sourceLocation)
            check(error)
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }
}
