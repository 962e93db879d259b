import Glibc

/// What a look at the directories found, without opening a file.
struct FileScan {
    /// The regular files, each once, by the first of its names.
    private(set) var found: [FileIdentity: (path: String, status: FileStatus)] = [:]
    /// Directories that could not be listed, and why.
    private(set) var failures: [(path: String, number: Int32)] = []
    /// Files that symbolic links name: their rotated forms lie beside them.
    fileprivate var targets: Set<String> = []
    /// A file keeps the name by which a pattern means it.
    fileprivate var keepsNames = false

    mutating func add(_ path: String, _ status: FileStatus) {
        if let known = found[status.identity], keepsNames || !path.utf8.lexicographicallyPrecedes(known.path.utf8) {
            return
        }
        found[status.identity] = (path, status)
    }

    mutating func fail(_ path: String, _ number: Int32) { failures.append((path, number)) }
}

/// Looks for the files that patterns mean.
struct FileScanner {
    private let patterns: [FilePattern]

    init(_ patterns: [FilePattern]) { self.patterns = patterns }

    func scan() -> FileScan {
        var scan = FileScan()
        for pattern in patterns {
            let kind = pattern.isGlob ? S_IFREG : Self.kind(of: pattern.path)
            if kind == 0 { scan.fail(pattern.path, errno) }
            if kind == S_IFDIR {
                list(pattern.path, depth: 0, into: &scan)
            } else {
                list(pattern.directory, into: &scan, where: pattern.matches)
            }
        }
        addRotatedTargets(to: &scan)
        return scan
    }

    private static func kind(of path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
    }

    /// All regular files below a directory. Links to directories are not followed, and hidden files are not read.
    private func list(_ directory: String, depth: Int, into scan: inout FileScan) {
        // Deeper than any log directory; a bound against file systems made to trap.
        guard depth < 64 else { return }
        var below: [String] = []
        Self.entries(of: directory, into: &scan) { path, name, link, scan in
            guard !name.hasPrefix(".") else { return }
            if link == S_IFDIR { below.append(path) } else { Self.add(path, link: link, to: &scan) }
        }
        for path in below { list(path, depth: depth + 1, into: &scan) }
    }

    /// The files of one directory whose names match.
    private func list(_ directory: String, into scan: inout FileScan, where matches: (String) -> Bool) {
        Self.entries(of: directory, into: &scan) { path, name, link, scan in
            if link != S_IFDIR, matches(name) { Self.add(path, link: link, to: &scan) }
        }
    }

    /// The container runtime's logs are links whose targets are rotated where they lie (kubelet, `containerLogMaxSize`).
    private func addRotatedTargets(to scan: inout FileScan) {
        scan.keepsNames = true
        let targets = scan.targets.compactMap { try? FilePattern($0) }
        for (directory, targets) in Dictionary(grouping: targets, by: \.directory) {
            let names = Set(targets.map(\.name))
            list(directory, into: &scan) { !names.isDisjoint(with: RotatedName.originals(of: $0)) }
        }
    }

    private static func add(_ path: String, link: mode_t, to scan: inout FileScan) {
        var status = stat()
        // A link to nowhere, or a file that has just gone, is no file.
        guard stat(path, &status) == 0, let regular = FileStatus(status) else { return }
        scan.add(path, regular)
        guard link == S_IFLNK, let target = realpath(path, nil) else { return }
        scan.targets.insert(String(cString: target))
        free(target)
    }

    private static func entries(
        of directory: String, into scan: inout FileScan,
        _ body: (_ path: String, _ name: String, _ kind: mode_t, inout FileScan) -> Void
    ) {
        guard let handle = opendir(directory) else { return scan.fail(directory, errno) }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            // The name is a C string at a fixed place in the entry, valid until the next call.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let path = FilePattern.join(directory, name)
            body(path, name, kind(entry.pointee.d_type, path), &scan)
        }
    }

    /// Not every file system says in the listing what an entry is.
    private static func kind(_ type: UInt8, _ path: String) -> mode_t {
        guard type == 0 else { return mode_t(type) << 12 }
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
    }
}
