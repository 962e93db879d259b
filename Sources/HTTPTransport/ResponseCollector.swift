/// Takes an answer's header lines and body as they arrive, within the policy's bounds.
///
/// libcurl calls it from the thread that performs the transfer only.
// @safe: the closure takes a piece of the body for the length of one call.
@safe
final class ResponseCollector {
    /// Why the transfer was stopped from inside.
    enum Stop: Equatable {
        case bodyTooLarge
        case headersTooLarge
        case sinkFailed
        case cancelled
        /// Whoever takes the body wants no more of it.
        case ended
    }

    private static let maxHeaderBytes = 256 << 10

    private let maxBodyBytes: Int
    private let sinkPath: String?
    private let cancellation: CancellationFlag
    /// Takes the pieces of a 2xx body instead of memory or file; false ends the transfer.
    private var takeBody: ((UnsafeRawBufferPointer) -> Bool)?
    private var sink: SinkFile?
    private var headerBytes = 0
    private var bodyBytes = 0
    /// Until the empty line behind the header fields.
    private var isInHead = true
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    /// The fields behind the body (RFC 9110, 6.5).
    private(set) var trailers = HTTPHeaders()
    private(set) var body: [UInt8] = []
    private(set) var stop: Stop?

    init(maxBodyBytes: Int, sinkPath: String?, cancellation: CancellationFlag) {
        self.maxBodyBytes = maxBodyBytes
        self.sinkPath = sinkPath
        self.cancellation = cancellation
    }

    /// From now on hands the pieces of a 2xx body on; nil lets go of whoever took them.
    func stream(to take: ((UnsafeRawBufferPointer) -> Bool)?) {
        unsafe takeBody = unsafe take
    }

    /// Takes one header line; false stops the transfer.
    func take(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.maxHeaderBytes else { return halt(.headersTooLarge) }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            beginAnswer(line)
        } else if line == "\r\n" || line == "\n" {
            isInHead = false
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].trimmingASCIISpace()
            if isInHead {
                headers.add(name: String(line[..<colon]), value: value)
            } else {
                trailers.add(name: String(line[..<colon]), value: value)
            }
        }
        return true
    }

    /// Takes a piece of the body; false stops the transfer.
    func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        bodyBytes += bytes.count
        if let takeBody = unsafe takeBody, (200..<300).contains(status) {
            return unsafe takeBody(bytes) || halt(.ended)
        }
        guard bodyBytes <= maxBodyBytes else { return halt(.bodyTooLarge) }
        guard let sinkPath, (200..<300).contains(status) else {
            unsafe body.append(contentsOf: bytes)
            return true
        }
        do throws(HTTPError) {
            let sink = try openSink(sinkPath)
            return unsafe sink.file.write(bytes) || halt(.sinkFailed)
        } catch {
            return halt(.sinkFailed)
        }
    }

    /// Whether the transfer may go on.
    func mayContinue() -> Bool {
        !cancellation.isSet || halt(.cancelled)
    }

    /// Completes the sink file, also for an empty 2xx body.
    func finish() throws(HTTPError) {
        guard let sinkPath, (200..<300).contains(status) else { return }
        let sink = try openSink(sinkPath)
        self.sink = nil
        guard sink.file.flush() else {
            throw HTTPError(code: .file, message: "cannot write \(sinkPath)", hint: "check the free space")
        }
    }

    private func openSink(_ path: String) throws(HTTPError) -> SinkFile {
        if let sink { return sink }
        let opened = try SinkFile(path: path)
        sink = opened
        return opened
    }

    /// A status line begins every answer, interim ones (1xx) included.
    private func beginAnswer(_ line: String) {
        let fields = line.split(separator: " ", maxSplits: 2)
        status = fields.count > 1 ? Int(fields[1].prefix(3)) ?? 0 : 0
        headers = HTTPHeaders()
        isInHead = true
    }

    private func halt(_ reason: Stop) -> Bool {
        stop = stop ?? reason
        return false
    }
}

/// Shares an open file; a class can hold what is not copyable in an optional that changes.
final class SinkFile {
    let file: OpenFile

    init(path: String) throws(HTTPError) {
        file = try OpenFile(writingTo: path)
    }
}

extension Substring {
    /// Without spaces, tabs and line ends on both sides.
    fileprivate func trimmingASCIISpace() -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r\n" || $0 == "\r" || $0 == "\n" }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(start[...last])
    }
}
