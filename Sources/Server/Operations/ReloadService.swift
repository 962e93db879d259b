import Logging
import ServiceLifecycle
import UnixSignals

/// Reads certificates and senders again when their files change, and with SIGHUP the settings too.
struct ReloadService: Service {
    let settings: SettingsBox
    let certificates: TLSCertificates?
    let senders: SenderDirectory
    let logger: Logger

    private static let pollTime = Duration.seconds(5)

    private enum Cause {
        case signal, time
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        let (causes, source) = AsyncStream.makeStream(of: Cause.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals.cancelOnGracefulShutdown() { source.yield(.signal) }
                source.finish()
            }
            group.addTask {
                while (try? await Task.sleep(for: Self.pollTime)) != nil { source.yield(.time) }
            }
            for await cause in causes { reload(cause) }
            group.cancelAll()
        }
    }

    private func reload(_ cause: Cause) {
        attempt("certificates") { try certificates?.reload() ?? false }
        attempt("senders") { try senders.reload() }
        guard cause == .signal else { return }
        attempt("settings") {
            let fixed = try settings.reload()
            if !fixed.isEmpty {
                logger.warning(
                    "changed settings take a restart", metadata: ["sections": "\(fixed.joined(separator: "; "))"])
            }
            return true
        }
    }

    private func attempt(_ what: String, _ reload: () throws -> Bool) {
        do {
            if try reload() { logger.info("reloaded", metadata: ["what": "\(what)"]) }
        } catch {
            logger.error(
                "not reloaded: what was read before stays", metadata: ["what": "\(what)", "error": "\(error)"])
        }
    }
}
