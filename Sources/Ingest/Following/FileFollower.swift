import Glibc

/// Follows files as exporters and logrotate rotate them, and hands out each complete line once.
///
/// What is followed is a content (`FollowedStream`), known by spot checks of its bytes; files (`FollowedFile`) carry it. A file
/// that is renamed, copied, compressed or moved to another file system carries it on, and a file that is truncated or
/// replaced, be it with the same inode, does not. That decides alone; device and inode only say where to look first.
///
/// It keeps no state on the disk. Each chunk comes with a cursor, to be stored in the transaction that stores what the
/// chunk says; a follower that resumes from the stored cursors goes on exactly there. Synchronous, for one thread.
package final class FileFollower {
    let options: FollowOptions
    private let scanner: FileScanner
    private(set) var files: [FileIdentity: FollowedFile] = [:]
    private(set) var streams: [String: FollowedStream] = [:]
    private var streamsByHead: [ContentMark: [FollowedStream]] = [:]
    /// Where cursors of the last run say that their content lay.
    private var resumed: [FileIdentity: [FollowedStream]] = [:]
    private var namesGiven = 0
    /// Files with an open descriptor, the one used last at the end.
    private var held: [FollowedFile] = []

    private(set) var pass = 0
    var progress = FollowProgress()
    /// Bytes that this pass may still read.
    var budget = 0

    /// A follower of files, directories and patterns (`FilePattern`) that goes on from stored cursors.
    ///
    /// Cursors of content that no pattern leads to any more are forgotten like those of deleted files. Throws an
    /// `IngestError` for a pattern that is none.
    package init(
        patterns: [String], resuming cursors: [FileCursor] = [], options: FollowOptions = FollowOptions()
    ) throws {
        self.options = options
        scanner = FileScanner(try patterns.map(FilePattern.init))
        for cursor in cursors {
            let stream = add(cursor)
            resumed[cursor.place.status.identity, default: []].append(stream)
            namesGiven = max(namesGiven, (cursor.name.split(separator: "-").last.flatMap { Int($0) } ?? 0))
        }
    }

    /// One pass: looks for changes, and hands out what is new, up to a number of bytes.
    ///
    /// What the body throws ends the pass; that chunk is handed out again by the next one. If what was handed out earlier
    /// could not be stored, only a new follower, resumed from the stored cursors, hands it out again. `now` never goes
    /// back. Throws an `IngestError` only where nothing can be decompressed at all: a file that cannot be read is counted
    /// and tried again.
    package func poll(
        now: ContinuousClock.Instant, _ body: (FollowedChunk) throws -> Void
    ) throws -> FollowProgress {
        pass += 1
        // Old files that are to be decompressed must not keep those waiting that are written now.
        budget = options.bytesPerPoll / 2
        let scan = scanner.scan()
        note(scan, now: now)
        try forEach({ $0.stream != nil && needsCheck($0, now) }) { try check($0, now: now) }
        try forEach({ needsIdentity($0, now) }) { try identify($0, now: now) }
        try forEach({ $0.isUnread && $0.digest != nil }) { try read($0, now: now, body) }
        budget = max(budget, 0) + options.bytesPerPoll - options.bytesPerPoll / 2
        try forEach({ $0.isUnread && $0.digest == nil }) { try read($0, now: now, body) }
        age(now: now, failures: Set(scan.failures.map(\.path)))
        progress.files = files.count
        defer { progress = FollowProgress() }
        return progress
    }

    /// Visits files, those that had to wait longest first and then the oldest; notes those that cannot be read. A file that
    /// is being decompressed goes before all others: no two need memory at a time.
    private func forEach(_ isChosen: (FollowedFile) -> Bool, _ body: (FollowedFile) throws -> Void) throws {
        let order = files.values.filter(isChosen).sorted {
            if $0.isDecompressing != $1.isDecompressing { return $0.isDecompressing }
            if $0.servedIn != $1.servedIn { return $0.servedIn < $1.servedIn }
            if $0.status.modified != $1.status.modified { return $0.status.modified < $1.status.modified }
            return $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
        for file in order {
            do {
                try body(file)
            } catch let fault as FileFault {
                file.checked = nil
                if case .unreadable(let path, let number) = fault {
                    progress.addUnreadable(path, .systemError(number))
                }
            }
        }
    }
}

// MARK: - Files that come and go

extension FileFollower {
    private func note(_ scan: FileScan, now: ContinuousClock.Instant) {
        for failure in scan.failures { progress.addUnreadable(failure.path, .systemError(failure.number)) }
        var new: [(path: String, status: FileStatus)] = []
        for (identity, entry) in scan.found {
            guard let file = files[identity] else {
                new.append(entry)
                continue
            }
            file.update(entry.path, entry.status, now: now)
            file.foundIn = pass
        }
        for file in files.values where file.foundIn != pass { noteMissing(file, now: now) }
        let room = max(0, options.fileLimit - files.count)
        progress.refused = max(0, new.count - room)
        for entry in new.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }).prefix(room) {
            let file = FollowedFile(entry.path, entry.status, now: now)
            file.foundIn = pass
            files[file.identity] = file
        }
    }

    /// A file that has no name any more, or one that no pattern means, is read to its end as long as it is open: its writer
    /// may still write to it.
    private func noteMissing(_ file: FollowedFile, now: ContinuousClock.Instant) {
        if let open = file.open, file.stream != nil, let status = try? open.status() {
            file.update(file.path, status, now: now)
            let hasMore = !file.isDrained && file.checked != nil
            if hasMore || file.changedAt.duration(to: now) < options.settlePeriod { return }
        }
        drop(file)
        files[file.identity] = nil
        file.stream?.release(now: now)
        file.reset()
    }

    /// Opens a file and keeps it open, at the cost of the one that was used least recently.
    func hold(_ file: FollowedFile) throws -> OpenFile {
        let open = try file.opened()
        held.removeAll { $0 === file }
        held.append(file)
        file.open = open
        // What has no name any more could not be opened again.
        while held.count > options.openFiles, let index = held.firstIndex(where: { $0.foundIn == pass && $0 !== file })
        {
            held[index].open = nil
            held.remove(at: index)
        }
        return open
    }

    func drop(_ file: FollowedFile) {
        guard file.open != nil else { return }
        file.open = nil
        held.removeAll { $0 === file }
    }
}

// MARK: - Contents that come and go

extension FileFollower {
    func candidates(_ head: ContentMark) -> [FollowedStream] { streamsByHead[head] ?? [] }

    /// The streams that lay in that very file when their cursors were stored.
    func resumed(in identity: FileIdentity) -> [FollowedStream] { resumed[identity] ?? [] }

    func nextName(_ head: ContentMark) -> String {
        namesGiven += 1
        return "\(String(head.hash, radix: 16))-\(namesGiven)"
    }

    @discardableResult
    func add(_ cursor: FileCursor) -> FollowedStream {
        let stream = FollowedStream(cursor)
        streams[stream.name] = stream
        streamsByHead[cursor.position.head, default: []].append(stream)
        return stream
    }

    /// Reports what of missing contents was not read, and forgets those that are missing for long. A content of which a
    /// part still lies in some file is kept: without it, that file would be taken for a new one.
    private func age(now: ContinuousClock.Instant, failures: Set<String>) {
        var copied: Set<String> = []
        for file in files.values {
            if case .copies(let stream, _, _) = file.role { copied.insert(stream.name) }
        }
        for stream in streams.values.filter({ $0.file == nil }).sorted(by: { $0.name < $1.name }) {
            // Nothing is known to be gone while its directory cannot be looked at.
            let since = isBelow(failures, stream.place.path) ? now : stream.missingSince ?? now
            stream.missingSince = since
            let missing = since.duration(to: now)
            // A compressed file that is being written may turn out to hold the rest.
            let isSettled = missing >= options.settlePeriod && progress.waiting == 0
            if isSettled, stream.unread > 0, !stream.place.isFinished {
                progress.lost.append(FollowProgress.Loss(file: stream.place.path, bytes: stream.unread))
                stream.place.length = stream.offset
                progress.moved.append(stream.cursor)
            }
            if isSettled, missing >= options.forgetPeriod, !copied.contains(stream.name) { forget(stream) }
        }
    }

    private func isBelow(_ failures: Set<String>, _ path: String) -> Bool {
        guard !failures.isEmpty else { return false }
        var ancestor = path[...]
        while !failures.contains(String(ancestor)) {
            guard let slash = ancestor.lastIndex(of: "/") else { return false }
            ancestor = ancestor[..<slash]
        }
        return true
    }

    private func forget(_ stream: FollowedStream) {
        streams[stream.name] = nil
        streamsByHead[stream.position.head]?.removeAll { $0 === stream }
        if streamsByHead[stream.position.head]?.isEmpty == true { streamsByHead[stream.position.head] = nil }
        resumed[stream.place.status.identity]?.removeAll { $0 === stream }
        progress.forgotten.append(stream.name)
        progress.moved.removeAll { $0.name == stream.name }
    }
}

extension String {
    static func systemError(_ number: Int32) -> String { String(cString: strerror(number)) }
}
