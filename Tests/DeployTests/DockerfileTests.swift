import Foundation
import ScriptedServers
import Testing

/// The image's recipe. Nothing here builds it: that takes the registry of its base images.
@Suite struct DockerfileTests {
    /// One stage: the lines from a FROM on, continued ones joined and comments left out.
    private let stages: [[String]]
    private let release: String

    init() throws {
        var lines: [String] = []
        var isContinued = false
        for line in try Repository.text("deploy/docker/Dockerfile").split(separator: "\n") where !line.hasPrefix("#") {
            let text = line.trimmingCharacters(in: .whitespaces)
            let part = text.hasSuffix("\\") ? String(text.dropLast()) : text
            if isContinued { lines[lines.count - 1] += part + " " } else { lines.append(part + " ") }
            isContinued = text.hasSuffix("\\")
        }
        var stages: [[String]] = []
        for line in lines {
            if line.hasPrefix("FROM ") { stages.append([]) }
            if !stages.isEmpty { stages[stages.count - 1].append(line.trimmingCharacters(in: .whitespaces)) }
        }
        self.stages = stages
        release =
            lines.first { $0.hasPrefix("ARG DEBIAN_RELEASE=") }.map {
                $0.dropFirst("ARG DEBIAN_RELEASE=".count).trimmingCharacters(in: .whitespaces)
            } ?? ""
    }

    /// The packages that a stage installs.
    private func packages(_ stage: [String]) -> Set<String> {
        let install = stage.first { $0.hasPrefix("RUN ") && $0.contains("apt-get install") } ?? ""
        let words =
            install.components(separatedBy: "--no-install-recommends").last?
            .components(separatedBy: "&&").first?.split(separator: " ") ?? []
        return Set(words.map(String.init))
    }

    @Test func `the build has the Makefile's libraries`() throws {
        let line = try #require(
            try Repository.text("Makefile").split(separator: "\n").first { $0.hasPrefix("LIBRARIES := ") })
        let libraries = Set(line.dropFirst("LIBRARIES := ".count).split(separator: " ").map(String.init))
        #expect(libraries.count > 5)
        #expect(packages(stages[0]) == libraries)
    }

    /// Flags of the build: each word behind a `-X`, and what is asked of the package manager itself.
    private func flags(_ text: some StringProtocol) -> Set<String> {
        let words = String(text).components(separatedBy: CharacterSet(charactersIn: " \n)"))
        let passed = words.indices.dropFirst().filter { words[$0 - 1].hasPrefix("-X") }.map { words[$0] }
        return Set(passed + words.filter { $0 == "--static-swift-stdlib" })
    }

    @Test func `the build links as make release does`() throws {
        let makefile = try Repository.text("Makefile")
        let start = try #require(makefile.range(of: "PACKED := "))
        let end = try #require(makefile.range(of: "SWIFT_FILES := "))
        let wanted = flags(makefile[start.lowerBound..<end.lowerBound])
        #expect(wanted.count == 5, "\(wanted)")
        #expect(flags(stages[0].first { $0.hasPrefix("RUN swift build") } ?? "") == wanted)
    }

    @Test func `both stages are of one Debian release`() {
        #expect(stages.count == 2)
        #expect(stages[0][0].contains("-${DEBIAN_RELEASE} AS build"))
        #expect(stages[1][0] == "FROM debian:${DEBIAN_RELEASE}-slim")
    }

    @Test(.enabled(if: Self.systemRelease == "bookworm" && Self.program != nil, "the packages are those of bookworm"))
    func `the second stage installs every library that the program links`() throws {
        #expect(release == Self.systemRelease)
        let linked = try Self.linkedPackages(try #require(Self.program))
        #expect(linked.count > 5)
        // Part of every Debian, essential or needed by what is.
        let missing = linked.subtracting(packages(stages[1])).subtracting(["libc6", "libgcc-s1"])
        #expect(missing.isEmpty, "\(missing.sorted())")
    }

    @Test func `it runs as the pod's user, ends with SIGTERM and brings certificate authorities`() throws {
        let pod = try Repository.text("deploy/kubernetes/statefulset.yaml")
        let user = try #require(
            try Fields(yaml: pod)[path: "spec", "template", "spec", "securityContext"]["runAsUser"].number)
        #expect(stages[1].contains("USER \(user):\(user)"))
        #expect(stages[1].contains("STOPSIGNAL SIGTERM"))
        #expect(stages[1].contains("HEALTHCHECK NONE"))
        #expect(stages[1].contains("ENTRYPOINT [\"/usr/local/bin/leastwise\"]"))
        #expect(packages(stages[1]).contains("ca-certificates"))
        #expect(!stages[1].contains { $0.hasPrefix("ADD ") })
    }

    /// The manifest names the folders of all targets: the package does not load without one of them.
    @Test func `what the manifest names reaches the build, and what may be secret does not`() throws {
        let ignored = try Repository.text(".dockerignore").split(separator: "\n").map(String.init)
        let needed = ["Package.swift", "Sources", "Tests", "Benchmarks", "migrations", "templates"]
        #expect(Set(ignored).isDisjoint(with: needed))
        #expect(Set(ignored).isSuperset(of: [".git", ".build*", "*.key", "*.db", "senders.yaml"]))
    }

    /// What was built here last.
    private static let program = ["release", "debug"].map { Repository.path(".build/\($0)/leastwise") }
        .filter { FileManager.default.isExecutableFile(atPath: $0) }
        .max { changed($0) < changed($1) }

    private static func changed(_ path: String) -> Date {
        let values = try? URL(filePath: path).resourceValues(forKeys: [.contentModificationDateKey])
        return values?.contentModificationDate ?? .distantPast
    }

    private static let systemRelease: String = {
        let lines = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8))?.split(separator: "\n") ?? []
        return String(lines.first { $0.hasPrefix("VERSION_CODENAME=") }?.dropFirst("VERSION_CODENAME=".count) ?? "")
    }()

    /// The Debian packages of the libraries that the program names, those of Swift left out: they go into the image's
    /// program.
    private static func linkedPackages(_ program: String) throws -> Set<String> {
        let named = Set(
            try run(["readelf", "-d", program]).split(separator: "\n").filter { $0.contains("(NEEDED)") }
                .compactMap { $0.firstMatch(of: /\[(.+)\]/).map { String($0.1) } })
        var packages: Set<String> = []
        for line in try run(["ldd", program]).split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count > 2, named.contains(String(words[0])), !words[2].contains("/swift/") else { continue }
            packages.insert(try package(of: String(words[2])))
        }
        return packages
    }

    /// A library's path may go through /lib, which is /usr/lib.
    private static func package(of path: String) throws -> String {
        for candidate in [path, "/usr" + path, path.replacing("/usr/lib", with: "/lib")] {
            let outcome = try ScriptedServer.run(["dpkg", "-S", candidate])
            if outcome.status == 0 { return String(outcome.output.prefix { $0 != ":" }) }
        }
        return "no package of \(path)"
    }

    private static func run(_ command: [String]) throws -> String {
        let outcome = try ScriptedServer.run(command)
        try #require(outcome.status == 0, "\(command): \(outcome.output)")
        return outcome.output
    }
}
