import Engine
import Foundation
import Proposals
import ScriptedServers
import Testing

/// A first learning run, and the runs after it in which nothing changed.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct FirstProposalTests {
    private static let files = [
        "apps/orders/kustomization.yaml", "apps/orders/rbac-sa-shop.weekly-report.yaml",
        "apps/payments/kustomization.yaml", "apps/payments/rbac-sa-shop.weekly-report.yaml",
        "apps/shop/kustomization.yaml", "apps/shop/networkpolicy-cronjob-weekly-report.yaml",
        "apps/shop/networkpolicy-deployment-api.yaml", "apps/shop/networkpolicy-deployment-web.yaml",
        "apps/shop/networkpolicy-statefulset-cart-redis.yaml", "apps/shop/networkpolicy-statefulset-db.yaml",
        "apps/shop/networkpolicy-statefulset-session-redis.yaml", "apps/shop/rbac-sa-shop.api.yaml",
        "apps/shop/rbac-sa-shop.web.yaml", "apps/shop/rbac-sa-shop.weekly-report.yaml",
    ]

    @Test func `the branch holds the expected files and only adds lines`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        #expect(try git.branches() == ["leastwise/shop"])
        #expect(try git.changedFiles("leastwise/shop") == Self.files)
        #expect(try git.removedLines(from: "main", to: "leastwise/shop").isEmpty)
        for listing in Self.files.filter({ $0.hasSuffix("kustomization.yaml") }) {
            let folder = listing.dropLast("kustomization.yaml".count)
            let generated = Self.files.filter { $0.hasPrefix(folder) && $0 != listing }
                .map { "- " + $0.dropFirst(folder.count) }
            let old = try git.text(listing, on: "main").split(separator: "\n", omittingEmptySubsequences: false)
            let new = try git.text(listing, on: "leastwise/shop").split(
                separator: "\n", omittingEmptySubsequences: false)
            let added = new.map { $0.trimmingCharacters(in: .whitespaces) }.filter(generated.contains)
            #expect(added == generated)
            #expect(new.filter { !generated.contains($0.trimmingCharacters(in: .whitespaces)) } == old)
        }
    }

    @Test func `the commit is on main, by the configured author, and says what it is`() async throws {
        let estate = try Estate()
        _ = try await estate.proposeOne(with: [
            "proposals.authorName": "Policy Bot", "proposals.authorEmail": "policy@example.com",
        ])
        let git = try estate.git
        let parent = try git.git("rev-parse", "leastwise/shop^").trimmingCharacters(in: .newlines)
        #expect(try parent == git.head("main"))
        let people = try git.git("show", "--no-patch", "--format=%an <%ae>%n%cn <%ce>%n%cI", "leastwise/shop")
        let bot = "Policy Bot <policy@example.com>"
        // The time is that of the newest observation: the program's clock plays no part.
        #expect(
            people == "\(bot)\n\(bot)\n2026-11-14T23:58:36Z\n"
                || people == "\(bot)\n\(bot)\n2026-11-14T23:58:36+00:00\n")
        let message = try git.git("show", "--no-patch", "--format=%B", "leastwise/shop")
        #expect(
            message.hasPrefix("Least privilege for namespace shop: 6 network policies, RBAC for 3 subjects\n\n"))
        let trailers = try git.git("show", "--no-patch", "--format=%(trailers:only)", "leastwise/shop")
        let pattern = /Leastwise-Scope: namespace shop\nLeastwise-Fingerprint: [0-9a-f-]+\n+/
        #expect(trailers.wholeMatch(of: pattern) != nil, "\(trailers)")
    }

    @Test(arguments: Flavour.allCases)
    func `a pull request is opened that says what is proposed and why`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let result = try await estate.proposeOne(with: ["forge.labels": "policy", "forge.reviewers": "ann"])
        guard case .proposed("leastwise/shop", let reference?, let warnings) = result.outcome else {
            Issue.record("\(result.text(isDryRun: false, showsBody: false))")
            return
        }
        let pulls = try estate.pulls()
        let pull = try #require(pulls.first)
        #expect(pulls.count == 1)
        #expect(reference.isNew && reference.number == pull.number && warnings == [])
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request opened: \(reference.url)"))
        #expect((pull.state, pull.head, pull.base, pull.labels) == ("open", "leastwise/shop", "main", ["policy"]))
        #expect(pull.title == "Least privilege for namespace shop: 6 network policies, RBAC for 3 subjects")
        #expect(pull.body == result.body)
        let lines = pull.body.split(separator: "\n", omittingEmptySubsequences: false)
        let marker = try #require(lines.first).wholeMatch(
            of: /<!-- leastwise scope=shop fingerprint=([0-9a-f-]+) -->/)
        let fingerprint = try #require(marker).1
        #expect(try estate.git.git("show", "leastwise/shop").contains("Leastwise-Fingerprint: \(fingerprint)\n"))
        for line in [
            "| Observed and replayed | 41 connections and API requests |", "| Allowed before this change | 41 |",
            "| **Allowed after this change** | **41** |", "### `shop/Deployment/api`",
        ] { #expect(lines.contains(Substring(line)), "\(line)") }
        #expect(
            lines.contains { $0.wholeMatch(of: /\| Allowed but never.*\| \d+ before, \*\*\d+ after\*\* \|/) != nil })
        #expect(
            lines.contains { $0.wholeMatch(of: /\| from `web` \| `TCP\/8081` \| \d+ \| \d+ \| 2026-11-\d\d \|/) != nil }
        )
        #expect(pull.body.contains("**To reject**, close this pull request"))
    }

    @Test func `every table row of the text has its table's columns`() async throws {
        let body = try await Estate().proposeOne(dryRun: true).body
        #expect(MarkdownTables.brokenRows(body) == [])
        #expect(MarkdownTables.count(body) > 9)
        // The check itself can fail.
        #expect(MarkdownTables.brokenRows(body.replacing("| from `web` |", with: "| from `web` | x |")) != [])
    }

    @Test(arguments: Flavour.clients, [false, true])
    func `a run without new behaviour writes nothing`(_ flavour: Flavour, _ seenMoreOften: Bool) async throws {
        let estate = try Estate(flavour)
        _ = try await estate.proposeOne()
        let before = try estate.state()
        let result = try await estate.proposeOne(seenMoreOften ? World.seenMoreOften : World.observed)
        #expect(try estate.state() == before)
        #expect(result.text(isDryRun: false, showsBody: false).contains("nothing new, it is proposed already"))
    }

    @Test func `a base that moved on elsewhere moves no branch`() async throws {
        let estate = try Estate()
        _ = try await estate.proposeOne()
        try estate.git.commit(["apps/orders/readme.md": "hello"], to: "main", from: "main")
        let before = try estate.state()
        _ = try await estate.proposeOne()
        #expect(try estate.state() == before)
    }

    @Test func `a base that moved on in a listing moves the branch, so that it can be merged`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        let listing = "apps/shop/kustomization.yaml"
        try git.commit(
            [listing: git.text(listing, on: "main") + "- more.yaml", "apps/shop/more.yaml": ""], to: "main",
            from: "main")
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request updated"))
        #expect(try git.git("rev-parse", "leastwise/shop^").trimmingCharacters(in: .newlines) == git.head("main"))
        #expect(try estate.pulls().count == 1)
    }

    @Test(arguments: Flavour.clients)
    func `a dry run writes nothing and shows everything`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let before = try estate.state()
        let results = try await estate.propose(scope: nil, dryRun: true)
        #expect(try estate.state() == before)
        #expect(results.count > 3)
        let shop = try #require(results.first { $0.branch == "leastwise/shop" })
        let text = shop.text(isDryRun: true, showsBody: false)
        #expect(text.contains("would be proposed on leastwise/shop"))
        #expect(text.contains("+++ b/apps/shop/networkpolicy-deployment-api.yaml\n"))
        #expect(text.contains("\n+- networkpolicy-deployment-api.yaml\n"))
        #expect(text.contains("\n\(shop.title)\n\n<!-- leastwise scope=shop "))
        // The real run proposes what the dry one showed.
        let real = try await estate.proposeOne()
        #expect(try estate.pulls().map(\.body) == [shop.body])
        #expect(real.difference == shop.difference)
    }

    @Test func `two fresh caches make the same commit`() async throws {
        let (one, other) = (try Estate(), try Estate(.gitea))
        _ = try await one.proposeOne()
        _ = try await other.proposeOne()
        #expect(try one.git.head("leastwise/shop") == other.git.head("leastwise/shop"))
        try one.git.git("update-ref", "-d", "refs/heads/leastwise/shop")
        try one.setPull(1, "merged")
        let first = try other.git.head("leastwise/shop")
        _ = try await one.proposeOne(with: ["repository.cache": one.write("", to: "fresh/x") + ".cache"])
        #expect(try one.git.head("leastwise/shop") == first)
    }

    @Test func `every scope gets its own branch and pull request`() async throws {
        let estate = try Estate()
        let results = try await estate.propose(scope: nil)
        let branches = results.map(\.branch)
        #expect(branches == branches.sorted() && Set(branches).count == branches.count && branches.count > 3)
        #expect(try estate.git.branches() == branches)
        #expect(try estate.pulls().map(\.head) == branches)
        let before = try estate.state()
        _ = try await estate.propose(scope: nil)
        #expect(try estate.state() == before)
    }
}
