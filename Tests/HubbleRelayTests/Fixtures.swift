import Foundation
import ScriptedServers

/// Files that are not part of this repository.
enum Fixtures {
    /// Records and protos gathered from other projects.
    static let shared: URL? = {
        let set = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"]
        let root = set.map { URL(filePath: $0) } ?? ScriptedServer.root.appending(path: "../shared")
        let fixtures = root.appending(path: "fixtures")
        return FileManager.default.fileExists(atPath: fixtures.path) ? fixtures : nil
    }()

    /// Files of real flows, with the envelope or without.
    static let flowFiles = [
        "basic-sample-10-flows.json", "basic-sample-330-dns-flows.json", "basic-sample-400-icmpv4-flows.json",
        "basic-sample-400-udp-flows.json", "basic-sample-5-dns-flows.json", "basic-sample-5-http-flows.json",
        "corner-cases.ndjson",
    ]

    /// Where a file of flows is; an absolute path stays as it is.
    static func path(_ flowFile: String) -> String {
        flowFile.hasPrefix("/") ? flowFile : shared?.appending(path: "hubble/\(flowFile)").path ?? ""
    }

    /// Whether the server of `make setup-relay-tools` and Cilium's protos are here.
    static let hasRelay: Bool = {
        let tools = ScriptedServer.root.appending(path: ".build/relay-tools/complete")
        return FileManager.default.fileExists(atPath: tools.path) && shared != nil
    }()
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
