import Testing

/// The house rules that no compiler checks.
@Suite struct ArchitectureTests {
    private let tree = SourceTree()

    /// A function of 60 lines is read in one sitting by nobody.
    private static let longestFunction = 60

    @Test func `every import of ours is in the table of docs/ARCHITECTURE.md`() throws {
        let table = try ModuleTable(markdown: tree.text("docs/ARCHITECTURE.md"))
        let modules = try tree.modules()
        var wrong: [String] = []
        for (module, files) in modules.sorted(by: { $0.key < $1.key }) {
            for file in files {
                for imported in Self.imports(file.text) where table.allowed[imported] != nil {
                    if !table.allowed[module, default: []].contains(imported) {
                        wrong.append("\(file.path): \(module) must not import \(imported)")
                    }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    @Test func `the table lists every module and no other`() throws {
        let table = try ModuleTable(markdown: tree.text("docs/ARCHITECTURE.md"))
        let swiftModules = Set(try tree.modules().keys)
        let clang: Set<String> = ["CLibcrypto", "CLibcurl", "CLibgit2", "CSimdjson", "CZlib", "CZstd"]
        #expect(swiftModules.subtracting(table.allowed.keys).isEmpty)
        #expect(Set(table.allowed.keys).subtracting(swiftModules).subtracting(clang).isEmpty)
    }

    @Test func `no module of the table imports itself in a circle`() throws {
        let table = try ModuleTable(markdown: tree.text("docs/ARCHITECTURE.md"))
        var done: Set<String> = []
        var rest = table.allowed
        while let next = rest.first(where: { $0.value.subtracting(done).isEmpty }) {
            done.insert(next.key)
            rest[next.key] = nil
        }
        #expect(rest.isEmpty, "in a circle: \(rest.keys.sorted())")
    }

    @Test func `no function is longer than 60 lines`() throws {
        let files = try tree.modules().values.flatMap { $0 }
        let long = files.flatMap { file in
            SwiftText(file.text).functions.filter { $0.length > Self.longestFunction }
                .map { "\(file.path):\($0.line) has \($0.length) lines" }
        }
        #expect(long.isEmpty, "\(long.sorted().joined(separator: "\n"))")
    }

    @Test func `what other modules use is documented`() throws {
        let files = try tree.modules().values.flatMap { $0 }
        let bare = files.flatMap { file in
            SwiftText(file.text).undocumented(in: file.text).map { "\(file.path):\($0)" }
        }
        #expect(bare.isEmpty, "no documentation comment: \(bare.sorted().joined(separator: "\n"))")
    }

    @Test func `nothing is public`() throws {
        let files = try tree.modules().values.flatMap { $0 }
        let found = files.filter { $0.lines.contains { $0.drop { $0 == " " }.hasPrefix("public ") } }.map(\.path)
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `every key of the configuration is documented`() throws {
        let documentation = try tree.text("docs/CONFIGURATION.md")
        let source = try ["ConfigurationKey", "ConfigurationKey+Service"].map {
            try tree.text("Sources/AppConfiguration/\($0).swift")
        }.joined()
        let keys = source.split(separator: /key\(\s*"/).dropFirst().compactMap { $0.split(separator: "\"").first }
        #expect(keys.count > 80)
        #expect(keys.filter { !documentation.contains("`\($0)`") }.isEmpty)
    }

    private static func imports(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").drop { $0 == "package" || $0 == "internal" || $0.hasPrefix("@") }
            return words.first == "import" ? words.dropFirst().first.map(String.init) : nil
        }
    }
}

/// The checks above stand on this reading of Swift text, which is tried here.
@Suite struct SwiftTextTests {
    @Test func `measures a function by its braces, not those in literals`() {
        let text = SwiftText("func a() {\n  let x = \"}}}\" // }\n}\nfunc b() { }\n")
        #expect(text.functions == [.init(line: 1, length: 3), .init(line: 4, length: 1)])
    }

    @Test func `finds a long function`() {
        let body = String(repeating: "    work()\n", count: 70)
        #expect(SwiftText("package static func long(\n  a: Int\n) {\n\(body)}\n").functions.first?.length == 74)
    }

    @Test func `finds a declaration without a comment`() {
        let source =
            "package struct A {}\n/// Has one.\npackage struct B {}\n/// Has one.\n@frozen\npackage func c() {}\n"
        #expect(SwiftText(source).undocumented(in: source) == [1])
    }
}
