import ArgumentParser

/// The program: its commands, each in a file of its own.
struct Leastwise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leastwise",
        abstract: "Least-privilege NetworkPolicies and RBAC from what really happens, proposed as pull requests.",
        version: Version.text,
        subcommands: [
            ObserveCommand.self, PreviewCommand.self, ProposeCommand.self, ExplainCommand.self, DoctorCommand.self,
            BackupCommand.self,
        ])

}

/// The program's version.
enum Version {
    static let text = "0.1.0"
}
