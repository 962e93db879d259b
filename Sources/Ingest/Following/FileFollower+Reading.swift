/// Reading what is new.
extension FileFollower {
    func read(
        _ file: FollowedFile, now: ContinuousClock.Instant, _ body: (FollowedChunk) throws -> Void
    ) throws {
        guard let stream = file.stream, file.checked != nil else { return }
        guard budget > 0 else {
            progress.hasMore = true
            return
        }
        file.servedIn = pass
        if file.digest == nil {
            try readPlain(file, stream, body)
        } else {
            try readGzip(file, stream, now: now, body)
        }
    }

    private func readPlain(
        _ file: FollowedFile, _ stream: FollowedStream, _ body: (FollowedChunk) throws -> Void
    ) throws {
        let open = try hold(file)
        let status = file.status
        let reader: LineReader
        if let kept = file.reader {
            reader = kept
        } else {
            guard let tail = try open.window(before: stream.offset) else { throw FileFault.changing(file.path) }
            reader = LineReader(
                ContentTrail(stream.position, tail: tail), expecting: status.size - stream.offset, options: options)
        }
        file.reader = nil
        let isDry = try handOut(
            file, stream, reader, from: { try open.read(into: $0, at: reader.readPosition) },
            check: {
                // Only what was read before the file was truncated belongs to the stream.
                guard try open.holds(stream.position) else { throw FileFault.changing(file.path) }
            }, body)
        if isDry { file.drained = status }
        if isDry ? reader.isInLongLine : reader.isSkipping { file.reader = reader }
    }

    private func readGzip(
        _ file: FollowedFile, _ stream: FollowedStream, now: ContinuousClock.Instant,
        _ body: (FollowedChunk) throws -> Void
    ) throws {
        guard let digest = file.digest else { return }
        guard let (source, reader) = try seek(file, stream, digest, now: now) else { return }
        let isDry = try handOut(
            file, stream, reader, from: { try source.read(into: $0) }, check: {}, body)
        guard isDry else { return }
        if digest.ending == .whole {
            try handOutRest(file, stream, reader, body)
        } else {
            progress.damaged.append(file.path)
        }
        finish(file, stream)
    }

    /// Decompresses to the place where reading goes on; nil if it takes another pass, or is another content now.
    private func seek(
        _ file: FollowedFile, _ stream: FollowedStream, _ digest: GzipDigest, now: ContinuousClock.Instant
    ) throws -> (GzipSource, LineReader)? {
        if let source = file.source, let reader = file.reader { return (source, reader) }
        let sweep = try file.sweep ?? GzipSweep(try hold(file))
        file.sweep = sweep
        guard try sweep.run(to: stream.offset, budget: &budget, wanted: { _ in [] }) else {
            progress.hasMore = true
            return nil
        }
        file.sweep = nil
        if digest.length <= stream.offset {
            if digest.ending != .whole { progress.damaged.append(file.path) }
            finish(file, stream)
            return nil
        }
        guard sweep.trail.end == stream.position.end else {
            release(file, now: now)
            return nil
        }
        let trail = ContentTrail(stream.position, tail: sweep.trail.tail)
        let reader = LineReader(trail, expecting: digest.length - stream.offset, options: options)
        (file.source, file.reader) = (sweep.source, reader)
        return (sweep.source, reader)
    }

    /// Hands out lines until there are no more (then true), or other files have their turn.
    private func handOut(
        _ file: FollowedFile, _ stream: FollowedStream, _ reader: LineReader,
        from source: (UnsafeMutableRawBufferPointer) throws -> Int, check: () throws -> Void,
        _ body: (FollowedChunk) throws -> Void
    ) throws -> Bool {
        var share = file.digest == nil ? min(budget, options.bytesPerFile) : budget
        while share > 0 {
            let piece = try reader.next {
                // A line is read to its end, whatever is left of the share; what is passed over may be endless.
                guard share > 0 || !reader.isSkipping else { return 0 }
                let count = try source($0)
                share -= count
                budget -= count
                return count
            }
            switch piece {
            case .dry where share > 0 || !reader.isSkipping: return true
            case .dry: break
            case .lines(let count):
                try check()
                try handOut(count, file, stream, reader, body)
            case .gap(let bytes, let lines):
                try check()
                guard let position = reader.trail.position else { break }
                stream.advance(to: position)
                progress.moved.append(stream.cursor)
                progress.skippedBytes += bytes
                progress.skippedLines += lines
            }
        }
        progress.hasMore = true
        return false
    }

    /// Hands out so many pending bytes, and moves on if they were taken.
    private func handOut(
        _ count: Int, _ file: FollowedFile, _ stream: FollowedStream, _ reader: LineReader,
        _ body: (FollowedChunk) throws -> Void
    ) throws {
        let trail = reader.trail(behind: count)
        guard let position = trail.position else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: reader.pending.prefix(count))
        try body(FollowedChunk(bytes: bytes, cursor: stream.cursor(at: position), file: file.path))
        reader.consume(count, to: trail)
        stream.advance(to: position)
        progress.bytes += count
    }

    /// The last line of a complete compressed file may lack its end.
    private func handOutRest(
        _ file: FollowedFile, _ stream: FollowedStream, _ reader: LineReader, _ body: (FollowedChunk) throws -> Void
    ) throws {
        if reader.isInLongLine {
            progress.skippedLines += 1
        } else if !reader.isSkipping, !reader.pending.isEmpty {
            try handOut(reader.pending.count, file, stream, reader, body)
        }
    }
}

extension OpenFile {
    /// Does the file still hold the bytes before a position? Nothing is before its beginning; its head is compared then.
    fileprivate func holds(_ position: ContentPosition) throws -> Bool {
        let mark = position.offset == 0 ? position.head : position.end
        return try window(before: mark.length).map { ContentMark(length: mark.length, window: $0) == mark } ?? false
    }
}
