import ArgumentParser
import Server

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a bearer token for a sender, and the entry for the senders' file.",
        discussion: "The token is shown once, on standard output; the entry, on standard error, holds its hash alone.")

    @Argument(help: "The sender's name.")
    var name: String

    @Option(help: ArgumentHelp("A source it may send: hubble or audit; may be repeated.", valueName: "source"))
    var source: [String] = []

    func validate() throws {
        do {
            _ = try SenderEntry.checked(name: name, sources: source)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        guard let token = TokenHash.newToken() else {
            throw CommandFailure(status: .failure, message: "leastwise: the system has no randomness")
        }
        Console.print(token + "\n")
        Console.note(SenderEntry.text(name: name, token: token, sources: source))
    }
}
