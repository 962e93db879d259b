/// The bounds of following; the defaults suit a service that polls each second.
package struct FollowOptions: Sendable {
    /// So many bytes are read or decompressed in one pass at most, and so many of one file before others have a turn.
    package var bytesPerPoll = 64 << 20
    package var bytesPerFile = 16 << 20
    /// A chunk is no longer, unless one line is.
    package var chunkBytes = 1 << 20
    /// A longer line is skipped and counted.
    package var recordLimit = 8 << 20
    /// So many descriptors are kept open, so that the rest of a file can be read after it was renamed or deleted.
    package var openFiles = 128
    /// So many files are followed; further ones are counted.
    package var fileLimit = 65_536
    /// A file whose size or time changed so recently is looked at again: file systems stamp changes by the timer's
    /// tick, so that two changes can carry one time.
    package var hotPeriod = Duration.seconds(10)
    /// A compressed file is read when it has not changed for so long: it is written for a while.
    package var gzipQuiet = Duration.seconds(1)
    /// After so long without a sign, a deleted file's rest is taken for lost, an unfinished compressed file for damaged,
    /// and a deleted file is closed.
    package var settlePeriod = Duration.seconds(60)
    /// A position whose content was nowhere to be seen for so long is forgotten.
    package var forgetPeriod = Duration.seconds(6 * 3600)

    /// The default bounds.
    package init() {}
}
