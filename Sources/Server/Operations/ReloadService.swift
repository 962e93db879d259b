import Logging
import ServiceLifecycle
import UnixSignals

/// Reads certificates and senders again when their files change, and with SIGHUP the settings too.
struct ReloadService: Service {
    let settings: SettingsBox
    let certificates: TLSCertificates?
    let connections: OpenConnections
    let senders: SenderDirectory
    let logger: Logger
    /// How often the files are looked at.
    let pollTime: Duration

    private enum Cause {
        case signal, time
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        // All of them: a tick of the clock must not take the place of a signal that waits.
        let (causes, source) = AsyncStream.makeStream(of: Cause.self, bufferingPolicy: .unbounded)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals.cancelOnGracefulShutdown() { source.yield(.signal) }
                source.finish()
            }
            group.addTask {
                while (try? await Task.sleep(for: pollTime)) != nil { source.yield(.time) }
            }
            var failures = ReloadFailures()
            for await cause in causes { reload(cause, &failures) }
            group.cancelAll()
        }
    }

    private func reload(_ cause: Cause, _ failures: inout ReloadFailures) {
        attempt("certificates", &failures) {
            guard let certificates, try certificates.reload() else { return false }
            // An authority that is gone must not live on in the connections that it vouched for.
            if certificates.asksForCertificates { connections.retireAll() }
            return true
        }
        attempt("senders", &failures) { try senders.reload() }
        guard cause == .signal else { return }
        attempt("settings", &failures) {
            let fixed = try settings.reload()
            if !fixed.isEmpty {
                logger.warning(
                    "changed settings take a restart", metadata: ["sections": "\(fixed.joined(separator: "; "))"])
            }
            return true
        }
    }

    private func attempt(_ what: String, _ failures: inout ReloadFailures, _ reload: () throws -> Bool) {
        do {
            let isNew = try reload()
            failures.end(what)
            if isNew { logger.info("reloaded", metadata: ["what": "\(what)"]) }
        } catch {
            guard failures.isWorthALine(what, "\(error)") else { return }
            logger.error(
                "not reloaded: what was read before stays", metadata: ["what": "\(what)", "error": "\(error)"])
        }
    }
}

/// What went wrong before: the same again, at every look, would fill the log.
struct ReloadFailures {
    /// Looks between two lines about the same.
    static let silence = 60

    private var last: [String: (text: String, looks: Int)] = [:]

    mutating func isWorthALine(_ what: String, _ text: String) -> Bool {
        let looks = last[what].map { $0.text == text ? $0.looks + 1 : 0 } ?? 0
        last[what] = (text, looks)
        return looks % Self.silence == 0
    }

    mutating func end(_ what: String) { last[what] = nil }
}
