import ArgumentParser
import Engine

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, store, repository and forge; say what is wrong and how to mend it.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let findings = await DoctorJob(try common.settings()).run()
        for finding in findings {
            let subject = finding.subject + String(repeating: " ", count: max(0, 14 - finding.subject.count))
            Console.print("\(subject)\(finding.state.rawValue): \(finding.text)\n")
            if let hint = finding.hint { Console.print("\(String(repeating: " ", count: 14))\(hint)\n") }
        }
        guard findings.contains(where: { $0.state == .bad }) else { return }
        throw CommandFailure(status: .needsAttention, message: nil)
    }
}
