import Engine
import Foundation
import Testing

/// The same records in any order, in any number of files, and seen twice: the same bytes.
struct DeterminismTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `does not depend on the order of the own records`(_ seed: UInt64) throws {
        let flows = [Fixtures.own("hubble/corner-cases.ndjson")]
        try Self.expectSame(Inputs(flows: flows, audit: [AuditStory.log]), seed: seed)
        let objects = [AuditStory.objects, AuditStory.grants]
        try Self.expectSame(Inputs(objects: objects, audit: [AuditStory.log]), seed: seed)
    }

    @Test(
        .enabled(if: Fixtures.hasWorlds, "needs python3 with PyYAML, and the estate tools in ../shared/tools"),
        arguments: [7, 11] as [UInt64])
    func `does not depend on the order of an estate's records`(_ seed: UInt64) throws {
        let world = try World("--seed \(seed) --workloads 40 --flows 5000 --requests 1000 --awkward all")
        try Self.expectSame(world.inputs, seed: seed)
    }

    private static func expectSame(_ inputs: Inputs, seed: UInt64) throws {
        let reference = try ObservedCluster(inputs)
        let report = try reference.preview()
        try #require(report.items.count > 5)
        let folder = try TemporaryFolder()
        let mixed = try shuffled(inputs, seed: seed, into: folder)
        let other = try ObservedCluster(mixed).preview()
        #expect(other.yaml == report.yaml, "shuffled and split")
        try reference.observe(mixed)
        #expect(try reference.preview().yaml == report.yaml, "observed twice")
    }

    /// The same lines in another order and in several files, the objects in another order as well.
    private static func shuffled(_ inputs: Inputs, seed: UInt64, into folder: TemporaryFolder) throws -> Inputs {
        var random = SeededGenerator(seed: seed)
        return Inputs(
            objects: try inputs.objects.reversed().enumerated().map { number, file in
                try shuffledObjects(file, &random, into: folder, name: "objects-\(number).json")
            },
            flows: try shuffledLines(inputs.flows, &random, into: folder, name: "flows"),
            audit: try shuffledLines(inputs.audit, &random, into: folder, name: "audit"))
    }

    private static func shuffledLines(
        _ files: [URL], _ random: inout SeededGenerator, into folder: TemporaryFolder, name: String
    ) throws -> [URL] {
        let lines = try files.flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
            .shuffled(using: &random)
        let size = lines.count / 3 + 1
        return try stride(from: 0, to: lines.count, by: size).map { start in
            let part = lines[start..<min(start + size, lines.count)].joined(separator: "\n") + "\n"
            return try folder.write(part, to: "\(name)-\(start).ndjson")
        }
    }

    private static func shuffledObjects(
        _ file: URL, _ random: inout SeededGenerator, into folder: TemporaryFolder, name: String
    ) throws -> URL {
        var list = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let items = try #require(list["items"] as? [Any])
        list["items"] = items.shuffled(using: &random)
        let target = folder.url.appending(path: name)
        try JSONSerialization.data(withJSONObject: list).write(to: target)
        return target
    }
}
