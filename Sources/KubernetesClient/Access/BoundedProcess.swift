import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program whose output is wanted, within a time and a size.
struct BoundedProcess {
    /// Why there is no output.
    struct Failure: Error {
        let problem: String
    }

    private static let mostBytes = 1 << 20

    private let command: String
    private let arguments: [String]
    private let environment: [String: String]

    init(_ command: String, _ arguments: [String], environment: [String: String]) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
    }

    /// Everything that it prints to its standard output. Blocks; kills the program when the time is over.
    func output(within limit: Duration) throws(Failure) -> [UInt8] {
        let process = Process()
        let pipe = Pipe()
        let isPath = command.contains("/")
        process.executableURL = URL(filePath: isPath ? command : "/usr/bin/env")
        process.arguments = isPath ? arguments : [command] + arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do {
            try process.run()
        } catch {
            throw Failure(problem: "it cannot be started")
        }
        let deadline = ContinuousClock.now + limit
        let read = Self.read(pipe.fileHandleForReading.fileDescriptor, until: deadline)
        let rest = max(0, ContinuousClock.now.duration(to: deadline) / .seconds(1))
        guard let output = read, ended.wait(timeout: .now() + rest) == .success else {
            kill(process.processIdentifier, SIGKILL)
            throw Failure(problem: "it took longer than \(limit), or printed more than \(Self.mostBytes) bytes")
        }
        guard process.terminationStatus == 0, process.terminationReason == .exit else {
            throw Failure(problem: "it ended with status \(process.terminationStatus)")
        }
        return output
    }

    /// Whatever comes until the other end closes; nil where that is too much, or takes too long.
    private static func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while output.count <= mostBytes {
            let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: Int(max(0, rest))))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? output : nil }
            output += buffer[..<count]
        }
        return nil
    }
}
