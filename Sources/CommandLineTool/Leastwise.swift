import ArgumentParser
import Engine

/// The program: its commands, each in a file of its own.
struct Leastwise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leastwise",
        abstract: "Least-privilege NetworkPolicies and RBAC from what really happens, proposed as pull requests.",
        version: ProgramVersion.text,
        subcommands: [
            ObserveCommand.self, PreviewCommand.self, ProposeCommand.self, ExplainCommand.self, DoctorCommand.self,
            ServeCommand.self, TokenCommand.self, BackupCommand.self,
        ])

}
