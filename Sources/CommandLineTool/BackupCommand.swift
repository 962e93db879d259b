import ArgumentParser
import Store

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store to a file, consistently, while others write to it.",
        discussion: "The file is checked before it gets its name. docs/BACKUP.md says how to restore it.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Replace the file if there is one.")
    var overwrite = false

    @Argument(help: "The file to write.")
    var file: String

    func run() throws {
        let store = try common.readStore(common.settings())
        let bar = ProgressBar()
        defer { bar.clear() }
        let bytes = try store.backup(to: file, overwrite: overwrite) {
            bar.show(done: $0.bytesDone, total: $0.bytesTotal)
        }
        Console.print("\(file): \(bytes) bytes, checked\n")
    }
}
