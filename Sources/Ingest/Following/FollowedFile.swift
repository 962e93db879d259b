/// A file on the disk, as long as it exists or is held open.
final class FollowedFile {
    let identity: FileIdentity
    var path: String
    var status: FileStatus
    /// When a change was last noticed.
    var changedAt: ContinuousClock.Instant
    /// The passes that last found it, last decided what it is, and last read it.
    var foundIn = 0
    var identifiedIn = 0
    var servedIn = 0

    var role = Role.unknown
    /// The status at which the role was last checked; nil if it has to be checked.
    var checked: FileStatus?
    /// The status at which all complete lines were read.
    var drained: FileStatus?
    /// Kept open so that it can be read on when it is renamed or deleted.
    var open: OpenFile?
    /// A reader that has to stay between passes.
    var reader: LineReader?

    /// What a compressed file holds, how far decompressing it has come, and the status to which both belong.
    var digest: GzipDigest?
    var sweptStatus: FileStatus?
    var sweep: GzipSweep?
    var source: GzipSource?
    /// Everything in a compressed file was read.
    var isFinished = false

    enum Role {
        /// Empty, without a complete line, or not looked at yet.
        case unknown
        /// The stream is read from it.
        case carries(FollowedStream)
        /// The stream is read from elsewhere, or further than this file reaches. With the state of the stream at that time.
        case copies(FollowedStream, changes: Int, offset: Int)
    }

    init(_ path: String, _ status: FileStatus, now: ContinuousClock.Instant) {
        identity = status.identity
        self.path = path
        self.status = status
        changedAt = now
    }

    /// The length of its content, as far as known.
    var length: Int { digest?.length ?? status.size }

    var stream: FollowedStream? {
        guard case .carries(let stream) = role else { return nil }
        return stream
    }

    /// Nothing is left to read of what is there.
    var isDrained: Bool { digest == nil ? drained == status : isFinished }

    var isUnread: Bool { stream != nil && !isDrained }

    var isDecompressing: Bool { sweep != nil || source != nil }

    func update(_ path: String, _ status: FileStatus, now: ContinuousClock.Instant) {
        self.path = path
        guard status != self.status else { return }
        self.status = status
        changedAt = now
    }

    /// Forgets what was found out about its content.
    func reset() {
        role = .unknown
        (checked, drained, reader) = (nil, nil, nil)
        (digest, sweep, sweptStatus, source, isFinished) = (nil, nil, nil, nil, false)
    }

    /// The file, opened under its present name if it is not open.
    func opened() throws -> OpenFile { try open ?? OpenFile(path, expecting: identity) }
}
