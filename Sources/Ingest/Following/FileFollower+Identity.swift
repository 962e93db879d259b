/// Which content a file carries.
extension FileFollower {
    private func isHot(_ file: FollowedFile, _ now: ContinuousClock.Instant) -> Bool {
        file.checked != file.status || file.changedAt.duration(to: now) < options.hotPeriod
    }

    func needsCheck(_ file: FollowedFile, _ now: ContinuousClock.Instant) -> Bool { isHot(file, now) }

    func needsIdentity(_ file: FollowedFile, _ now: ContinuousClock.Instant) -> Bool {
        guard file.identifiedIn != pass else { return false }
        return switch file.role {
        case .carries: false
        case .unknown: isHot(file, now)
        case .copies(let stream, let changes, let offset):
            // A copy is settled when the stream was read beyond it; until then it may turn out to be something else.
            isHot(file, now) || stream.changes != changes || file.length > stream.offset
                || (file.length > offset && stream.offset != offset)
        }
    }

    /// Makes sure that a file still carries its stream.
    func check(_ file: FollowedFile, now: ContinuousClock.Instant) throws {
        guard let stream = file.stream else { return }
        if file.digest != nil, file.sweptStatus == file.status {
            file.checked = file.status
            return
        }
        if file.digest == nil {
            let open = try hold(file)
            file.update(file.path, try open.status(), now: now)
            if try PlainContent(file: open, length: file.status.size).holds(stream.position, ahead: stream.ahead) {
                file.checked = file.status
                noteLoss(stream, file)
                return stream.note(file)
            }
        }
        release(file, now: now)
        try identify(file, before: stream, now: now)
    }

    /// What a file was cut back by, as far as it was not read.
    private func noteLoss(_ stream: FollowedStream, _ file: FollowedFile) {
        let bytes = stream.place.length - max(file.status.size, stream.offset)
        guard bytes > 0, stream.place.status.identity == file.identity, !stream.place.isGzip else { return }
        progress.lost.append(FollowProgress.Loss(file: file.path, bytes: bytes))
    }

    /// The file carries something else now.
    func release(_ file: FollowedFile, now: ContinuousClock.Instant) {
        file.stream?.release(now: now)
        file.reset()
    }

    func identify(_ file: FollowedFile, now: ContinuousClock.Instant) throws {
        // A file that was looked at before this one may have made it carry something.
        guard file.stream == nil else { return }
        try identify(file, before: nil, now: now)
    }

    /// `before` is the stream that the file carried until now.
    private func identify(_ file: FollowedFile, before: FollowedStream?, now: ContinuousClock.Instant) throws {
        file.identifiedIn = pass
        let open = try hold(file)
        file.update(file.path, try open.status(), now: now)
        let start = try open.bytes(0..<ContentMark.window)
        if GzipSource.isGzip(start) { return try identifyGzip(file, open, now: now) }
        (file.digest, file.sweep, file.sweptStatus) = (nil, nil, nil)
        guard let head = ContentMark(headOf: start) else {
            // Without a complete line there is nothing to read, and a part of a line may be the beginning of many.
            file.role = .unknown
            file.checked = file.status
            return
        }
        let here = [before].compactMap { $0 } + resumed(in: file.identity).filter { $0.file == nil && !$0.place.isGzip }
        try decide(file, PlainContent(file: open, length: file.status.size), head, here)
        file.checked = file.status
    }

    /// `here` are the streams that were read from that very file.
    private func decide(
        _ file: FollowedFile, _ content: PlainContent, _ head: ContentMark, _ here: [FollowedStream]
    ) throws {
        let match = try bestMatch(of: content, head)
        if let match, match.isPart, here.contains(where: { $0 === match.stream }) {
            // What lies behind the last agreement may have been written since. Rather twice than never.
            return try fork(match.stream, at: match.verified, file, content, head)
        }
        var common = match?.verified ?? 0
        var origin: FollowedStream?
        for stream in here {
            guard case .differs(let length) = try stream.likeness(of: content), length > common else { continue }
            (common, origin) = (length, stream)
        }
        if let match, origin == nil { return assign(match, to: file) }
        try fork(origin, at: common, file, content, head)
    }

    /// The stream that agrees with a content for longest. Where two agree as far, the one that would be read on: a
    /// record counted twice does less harm than one that is missing.
    private func bestMatch(of content: some MarkedContent, _ head: ContentMark) throws -> StreamMatch? {
        var best: StreamMatch?
        for stream in candidates(head) {
            let match: StreamMatch
            switch try stream.likeness(of: content) {
            case .differs: continue
            case .isPart(let verified):
                match = StreamMatch(stream: stream, verified: verified, isPart: true, isCertain: true)
            case .continues(let verified, let isCertain):
                match = StreamMatch(stream: stream, verified: verified, isPart: false, isCertain: isCertain)
            }
            if best.map({ match.isBetter(than: $0) }) ?? true { best = match }
        }
        return best
    }

    private func assign(_ match: StreamMatch, to file: FollowedFile) {
        let stream = match.stream
        let carrier = stream.file
        // A file that is longer than the one that has nothing left is no copy of it.
        let leads = carrier.map { $0.isDrained && file.length > $0.length } ?? true
        if match.isPart ? file.digest == nil || carrier != nil : !leads {
            file.role = .copies(stream, changes: stream.changes, offset: stream.offset)
            return drop(file)
        }
        if let carrier {
            carrier.reset()
            carrier.role = .copies(stream, changes: stream.changes, offset: stream.offset)
        }
        file.isFinished = file.digest.map { $0.ending == .whole && $0.length <= stream.offset } ?? false
        stream.bind(file)
        if file.isFinished { finish(file, stream) }
    }

    /// A compressed file that has nothing left is not held open, and not looked at again after a restart.
    func finish(_ file: FollowedFile, _ stream: FollowedStream) {
        file.isFinished = true
        (file.reader, file.source, file.sweep) = (nil, nil, nil)
        drop(file)
        stream.note(file)
        progress.moved.append(stream.cursor)
    }

    /// Begins a stream for a file, behind what it has in common with the stream that it carried before: a file that was cut
    /// back, by hand or by a crash of its machine, keeps records that were read.
    private func fork(
        _ before: FollowedStream?, at common: Int, _ file: FollowedFile, _ content: PlainContent, _ head: ContentMark
    ) throws {
        let offset = before == nil ? 0 : try content.file.lineStart(before: common)
        guard let window = try content.file.window(before: offset) else { throw FileFault.changing(file.path) }
        let milestones = before?.position.milestones.filter { $0.length <= offset } ?? []
        let position = ContentPosition(
            head: head, milestones: milestones, end: ContentMark(length: offset, window: window))
        let place = FileCursor.Place(
            path: file.path, status: file.status, length: file.status.size, isGzip: false, isFinished: false)
        try begin(FileCursor(name: nextName(head), position: position, place: place), file, content)
    }

    private func begin(_ cursor: FileCursor, _ file: FollowedFile, _ content: some MarkedContent) throws {
        let ahead = try content.milestones(beyond: cursor.position.offset)
        let stream = add(cursor)
        stream.ahead = ahead
        stream.bind(file)
    }
}

// MARK: - Compressed files

extension FileFollower {
    /// Looks through a compressed file once, and decides when its end is known.
    private func identifyGzip(_ file: FollowedFile, _ open: OpenFile, now: ContinuousClock.Instant) throws {
        if file.sweptStatus != file.status { (file.digest, file.sweep) = (nil, nil) }
        file.sweptStatus = file.status
        file.checked = nil
        if let known = resumed(in: file.identity).first(where: { $0.file == nil && $0.place.isWhole(file.status) }) {
            file.digest = GzipDigest(finished: known.place.length)
            file.isFinished = true
            file.checked = file.status
            known.bind(file)
            return drop(file)
        }
        let quiet = file.changedAt.duration(to: now)
        guard quiet >= options.gzipQuiet else { return wait(for: file) }
        guard let digest = try digest(file, open) else {
            progress.hasMore = true
            return wait(for: file)
        }
        file.digest = digest
        if digest.ending != .whole, quiet < options.settlePeriod { return wait(for: file) }
        file.checked = file.status
        guard let head = digest.head else {
            if digest.ending != .whole { progress.damaged.append(file.path) }
            return drop(file)
        }
        guard let match = try bestMatch(of: digest, head) else {
            let position = ContentPosition(head: head, milestones: [], end: ContentMark(length: 0, window: []))
            let place = FileCursor.Place(
                path: file.path, status: file.status, length: 0, isGzip: true, isFinished: false)
            return try begin(FileCursor(name: nextName(head), position: position, place: place), file, digest)
        }
        if !match.isPart, !match.isCertain, match.stream.file == nil {
            // The place where reading stopped was not known when the file was looked through.
            (file.digest, file.checked) = (nil, nil)
            progress.hasMore = true
            return wait(for: file)
        }
        assign(match, to: file)
    }

    private func wait(for file: FollowedFile) {
        progress.waiting += 1
        drop(file)
    }

    /// What the file holds; nil if finding out takes another pass.
    private func digest(_ file: FollowedFile, _ open: OpenFile) throws -> GzipDigest? {
        if let digest = file.digest { return digest }
        guard budget > 0 else { return nil }
        let sweep = try file.sweep ?? GzipSweep(open)
        file.sweep = sweep
        let isDone = try sweep.run(to: .max, budget: &budget) { head in
            candidates(head).map(\.offset)
        }
        guard isDone, let ending = sweep.source.ending else { return nil }
        file.sweep = nil
        return GzipDigest(sweep.trail, ending: ending)
    }
}

/// A stream that a content agrees with.
private struct StreamMatch {
    let stream: FollowedStream
    /// Up to which length they were compared.
    let verified: Int
    /// The stream was read further than the content reaches.
    let isPart: Bool
    /// The content was compared at the place where reading stopped.
    let isCertain: Bool

    func isBetter(than other: StreamMatch) -> Bool {
        if verified != other.verified { return verified > other.verified }
        if isPart != other.isPart { return !isPart }
        return stream.name < other.stream.name
    }
}

extension FileCursor.Place {
    /// That compressed file was read to its end.
    fileprivate func isWhole(_ status: FileStatus) -> Bool { isGzip && isFinished && self.status == status }
}
