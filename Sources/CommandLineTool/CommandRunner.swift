import AppConfiguration
import ArgumentParser
import Glibc

/// Runs the command line and turns errors into messages and exit codes.
package enum CommandRunner {
    /// Parses the process' arguments, runs the command, and ends the process.
    ///
    /// It blocks its thread, which is the main one and not of the cooperative pool.
    package static func run() async -> Never {
        do {
            var command = try Leastwise.parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
            exit(ExitStatus.success.rawValue)
        } catch let status as CommandFailure {
            if let message = status.message { Console.note(message) }
            exit(status.status.rawValue)
        } catch let error as ConfigurationError {
            Console.note("leastwise: \(error)")
            exit(ExitStatus.usage.rawValue)
        } catch  where Leastwise.exitCode(for: error) != .failure {
            Leastwise.exit(withError: error)
        } catch {
            Console.note("leastwise: \(error)")
            exit(ExitStatus.failure.rawValue)
        }
    }
}

/// A command's end with a status of its own.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String?
}
