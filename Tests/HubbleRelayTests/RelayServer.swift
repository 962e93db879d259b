import Foundation
import HTTPTransport
import HubbleRelay
import ScriptedServers
import Testing

/// Google's gRPC with Cilium's protos, doing what scripts say: one for each call, the last one again and again.
final class RelayServer: Sendable {
    let server: ScriptedServer
    private let folder: TemporaryFolder

    init(_ scripts: [String], records: [String] = ["basic-sample-400-udp-flows.json"], tls: [String] = []) throws {
        folder = try TemporaryFolder()
        let protos = try #require(Fixtures.shared).appending(path: "hubble/proto").path
        server = try ScriptedServer(
            "relay-server.py",
            ["--protos", protos, "--log", folder.path("log")] + records.flatMap { ["--records", Fixtures.path($0)] }
                + scripts.flatMap { ["--script", $0] } + tls)
    }

    /// The requests so far, as JSON.
    var requests: [String] {
        let text = (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    func target(_ tls: RelayTarget.TLS? = nil) throws -> RelayTarget {
        try RelayTarget(address: "127.0.0.1:\(server.port)", tls: tls)
    }
}

/// Takes what a stream delivers, until there is enough of it.
final class Taker: @unchecked Sendable {
    // @unchecked: a run calls `take` and `note` from its own thread alone; the watchdog touches the flag.
    private(set) var lines: [UInt8] = []
    private(set) var cursor: RelayCursor?
    private(set) var events: [RelayEvent] = []
    private(set) var deliveries = 0
    let cancellation = CancellationFlag()
    private var isEnough: (Taker) -> Bool = { _ in false }

    /// Waits are short, and the reasons to wait are in the events.
    static var options: RelayOptions {
        var options = RelayOptions()
        options.firstBackOff = .milliseconds(20)
        options.leastBackOff = .milliseconds(1)
        options.longestBackOff = .milliseconds(50)
        return options
    }

    var lineCount: Int { lines.lazy.filter { $0 == UInt8(ascii: "\n") }.count }

    /// Runs until enough came, or half a minute is over.
    func run(
        _ target: RelayTarget, options: RelayOptions = Taker.options, resuming cursor: RelayCursor? = nil,
        until isEnough: @escaping (Taker) -> Bool
    ) throws {
        self.isEnough = isEnough
        let cancellation = cancellation
        DispatchQueue.global().asyncAfter(deadline: .now() + 30) { cancellation.set() }
        let stream = RelayStream(target: target, options: options) { self.note($0) }
        var randomness = SeededGenerator(seed: 7)
        try stream.run(resuming: cursor, cancellation: cancellation, using: &randomness) { try take($0, $1) }
    }

    private func note(_ event: RelayEvent) {
        events.append(event)
        if isEnough(self) { cancellation.set() }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ position: RelayCursor) throws {
        lines += bytes
        cursor = position
        deliveries += 1
        if isEnough(self) { cancellation.set() }
    }

    /// Why streams ended.
    var errors: [RelayError] {
        events.compactMap { if case .disconnected(let error, _) = $0 { error } else { nil } }
    }

    var gaps: [RelayGap] {
        events.compactMap { if case .gap(let gap) = $0 { gap } else { nil } }
    }

    var repeated: Int {
        events.reduce(0) { if case .repeated(let count) = $1 { $0 + count } else { $0 } }
    }
}
