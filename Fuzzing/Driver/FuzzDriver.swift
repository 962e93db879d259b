import CFuzzer
import Foundation

/// Runs libFuzzer on one of the readers: `leastwise-fuzz TARGET [libFuzzer's options]`, or writes the inputs that it
/// starts from: `leastwise-fuzz TARGET --seeds FOLDER`.
@main
struct FuzzDriver {
    static func main() throws {
        var arguments = CommandLine.arguments
        // libFuzzer starts itself anew to make a crash smaller, with the arguments that it knows.
        if ProcessInfo.processInfo.environment[targetVariable] == nil {
            guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments.remove(at: 1)) else {
                let known = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
                FileHandle.standardError.write(Data("the first argument names a target: \(known)\n".utf8))
                exit(64)
            }
            setenv(targetVariable, target.rawValue, 1)
        }
        if arguments.count == 3, arguments[1] == "--seeds" { return try writeSeeds(to: arguments[2]) }
        exit(run(arguments))
    }

    private static let targetVariable = "LEASTWISE_FUZZ_TARGET"

    private static func run(_ arguments: [String]) -> Int32 {
        // Both live as long as the process.
        let texts = arguments.map { strdup($0) } + [nil]
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count)
        list.initialize(from: texts, count: texts.count)
        var count = Int32(arguments.count)
        var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = list
        return LLVMFuzzerRunDriver(&count, &pointer) { data, size in
            FuzzDriver.current.run(FuzzInput(UnsafeRawBufferPointer(start: data, count: size)))
            return 0
        }
    }

    private static let current: FuzzTarget =
        ProcessInfo.processInfo.environment[targetVariable].flatMap { FuzzTarget(rawValue: $0) } ?? .hubble

    private static func writeSeeds(to path: String) throws {
        let folder = URL(filePath: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, seed) in current.seeds.enumerated() {
            try Data([FuzzInput.first(number)] + seed).write(to: folder.appending(path: "seed-\(number)"))
        }
    }
}
