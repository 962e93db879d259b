import Domain
import Layout
import Testing

@Suite struct RepositoryLayoutTests {
    private static let file = GeneratedFile(path: "apps/shop/web.yaml", comment: "For people.", body: "kind: A\n")
    private static let shop: [String: Set<Namespace>] = [file.path: [Namespace("shop")]]

    @Test func `knows its own file from an edited and a foreign one`() {
        let text = Self.file.contents
        #expect(GeneratedFile.origin(of: text) == .untouched)
        #expect(GeneratedFile.origin(of: text + "# more\n") == .edited)
        #expect(GeneratedFile.origin(of: text.replacing("kind: A", with: "kind: B")) == .edited)
        #expect(GeneratedFile.origin(of: text.replacing("\n", with: "\r\n")) == .edited)
        #expect(GeneratedFile.origin(of: "kind: A\n") == .foreign)
        #expect(GeneratedFile.origin(of: "") == .foreign)
        #expect(GeneratedFile.origin(of: "\n\n\n") == .foreign)
    }

    @Test func `keeps its header to two lines whatever the comment says`() {
        let file = GeneratedFile(path: "x", comment: "a\nkind: Injected\r\n\u{2028}", body: "kind: A\n")
        #expect(file.contents.utf8.filter { $0 == 10 || $0 == 13 }.count == 3)
        #expect(GeneratedFile.origin(of: file.contents) == .untouched)
    }

    @Test func `adds a file that is not there`() {
        let plan = Self.plan([:])
        #expect(plan.changes == [FileChange(path: Self.file.path, contents: Array(Self.file.contents.utf8))])
        #expect(plan.refused.isEmpty)
    }

    @Test func `has nothing to change where the file is there already`() {
        #expect(Self.plan([Self.file.path: Self.file.contents]).changes.isEmpty)
    }

    @Test func `writes anew what it wrote before and nobody edited`() {
        let older = GeneratedFile(path: Self.file.path, comment: "Older.", body: "kind: Old\n")
        #expect(Self.plan([Self.file.path: older.contents]).changes.count == 1)
    }

    @Test(arguments: [
        ("kind: Mine\n", LayoutError.Code.foreignFile), (file.contents + "# mine\n", .editedFile), ("", .foreignFile),
    ])
    func `leaves alone what people wrote or edited`(text: String, code: LayoutError.Code) {
        let plan = Self.plan([Self.file.path: text, "apps/shop/kustomization.yaml": "kind: x\n"])
        #expect(plan.refused.map(\.code) == [code])
        #expect(plan.changes.isEmpty)
    }

    @Test func `leaves alone a file that is no text`() {
        let tree = RepositoryTree(files: [Self.file.path: [0xff, 0xfe, 0]])
        let plan = RepositoryLayout(tree: tree).plan([Self.file], namespaces: Self.shop)
        #expect(plan.refused.map(\.code) == [.foreignFile])
    }

    @Test func `lists its files in the kustomization beside them`() throws {
        let other = GeneratedFile(path: "apps/shop/api.yaml", comment: "x", body: "kind: B\n")
        let plan = Self.plan(["apps/shop/kustomization.yaml": "resources:\n- x.yaml\n"], [Self.file, other])
        #expect(plan.changes.map(\.path) == [other.path, "apps/shop/kustomization.yaml", Self.file.path])
        let listing = try #require(plan.changes[1].contents)
        #expect(String(decoding: listing, as: UTF8.self) == "resources:\n- x.yaml\n- api.yaml\n- web.yaml\n")
        #expect(plan.refused.isEmpty)
    }

    @Test(arguments: [("shop", true), ("other", false)])
    func `stays out of a kustomization that moves objects to another namespace`(forced: String, fits: Bool) {
        let plan = Self.plan(["apps/shop/kustomization.yaml": "namespace: \(forced)\n"])
        #expect(plan.refused.map(\.code) == (fits ? [] : [.namespaceTransformer]))
        #expect(plan.changes.count == (fits ? 2 : 0))
    }

    @Test func `takes nothing to a folder whose kustomization it cannot edit`() {
        let other = GeneratedFile(path: "apps/pay/web.yaml", comment: "x", body: "kind: B\n")
        let plan = Self.plan(["apps/shop/kustomization.yaml": "resources: [x.yaml]\n"], [Self.file, other])
        #expect(plan.refused.map(\.code) == [.unreadableKustomization])
        #expect(plan.changes.map(\.path) == [other.path])
    }

    @Test func `changes nothing once its plan is in the tree`() {
        let tree = RepositoryTree(files: ["apps/shop/kustomization.yaml": Array("resources:\n- x.yaml\n".utf8)])
        let plan = RepositoryLayout(tree: tree).plan([Self.file], namespaces: Self.shop)
        let again = RepositoryLayout(tree: tree.applying(plan.changes)).plan([Self.file], namespaces: Self.shop)
        #expect(!plan.changes.isEmpty)
        #expect(again.changes.isEmpty && again.refused.isEmpty)
    }

    @Test func `deletes from a tree what a change leaves without content`() {
        let tree = RepositoryTree(files: ["a": [1], "b": [2]]).applying([FileChange(path: "a", contents: nil)])
        #expect(tree.files == ["b": [2]])
    }

    private static func plan(_ tree: [String: String], _ files: [GeneratedFile] = [file]) -> RepositoryLayout.Plan {
        RepositoryLayout(tree: RepositoryTree(files: tree.mapValues { Array($0.utf8) })).plan(files, namespaces: shop)
    }
}
