package import Domain

/// One run over files: decodes them, and hands on what was learned.
package struct IngestRun {
    private let source: IngestSource
    private let cluster: ClusterName
    private let options: IngestOptions

    /// A run for records of one source and one cluster.
    package init(source: IngestSource, cluster: ClusterName, options: IngestOptions = IngestOptions()) {
        self.source = source
        self.cluster = cluster
        self.options = options
    }

    /// Reads the inputs in their order. Bad records are counted in the summary and never stop the run.
    ///
    /// Throws an `IngestError` for a file that cannot be read, and what `deliver` throws. Batches that were handed on
    /// before stay valid: they merge with what a further run hands on.
    package func run(
        inputs: [InputFile], into deliver: (ObservationBatch) throws -> Void,
        progress: (IngestProgress) -> Void = { _ in }
    ) throws -> IngestSummary {
        let clock = ContinuousClock()
        let start = clock.now
        let sizes = inputs.map(\.size)
        var flushed = start
        let total = sizes.contains(nil) ? nil : sizes.compactMap { $0 }.reduce(0, +)
        return try withoutActuallyEscaping(deliver) { deliver in
            let session = IngestSession(source: source, cluster: cluster, options: options, deliver: deliver)
            var done = 0
            for file in inputs {
                done += try read(file, into: session) {
                    progress(IngestProgress(bytesDone: done + $0, bytesTotal: total))
                    // A file can be read again; what came through a pipe cannot.
                    guard total == nil, flushed.duration(to: clock.now) >= options.flushInterval else { return }
                    try session.flush()
                    flushed = clock.now
                }
            }
            try session.flush()
            var summary = session.summary
            summary.elapsed = start.duration(to: clock.now)
            return summary
        }
    }

    /// Reads one file; returns its bytes on the disk.
    private func read(_ file: InputFile, into session: IngestSession, step: (Int) throws -> Void) throws -> Int {
        var input = try ByteInput(file)
        session.begin(file: file.path)
        do {
            while try session.fill({ try input.read(into: $0) }) > 0 { try step(input.bytesRead) }
            try session.end()
        } catch let damage as DamagedInput {
            try session.end(because: damage.kind)
        }
        return input.bytesRead
    }
}
