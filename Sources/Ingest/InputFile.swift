import Glibc

/// A file to be read, or standard input.
package struct InputFile: Hashable, Sendable {
    /// The path; `-` for standard input.
    package let path: String
    /// The size as it lies on the disk; nil where there is none to know.
    package let size: Int?

    package var isStandardInput: Bool { path == "-" }

    /// Standard input.
    package static let standardInput = InputFile(path: "-", size: nil)

    private init(path: String, size: Int?) {
        self.path = path
        self.size = size
    }

    /// The files that paths from a command line mean: `-` is standard input, a directory stands for all regular files
    /// below it, sorted by name. Symbolic links to directories are not followed below a directory.
    ///
    /// Throws an `IngestError` for a path that cannot be read.
    package static func list(_ paths: [String]) throws -> [InputFile] {
        try paths.flatMap { path -> [InputFile] in
            if path == "-" { return [.standardInput] }
            var status = stat()
            guard stat(path, &status) == 0 else { throw IngestError(cannotOpen: path, errno) }
            if status.st_mode & S_IFMT == S_IFDIR { return try contents(of: path, depth: 0) }
            return [InputFile(path: path, size: status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil)]
        }
    }

    private static func contents(of directory: String, depth: Int) throws -> [InputFile] {
        // Deeper than any log directory; a bound against file systems made to trap.
        guard depth < 64 else { return [] }
        return try names(in: directory).sorted().flatMap { name -> [InputFile] in
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            var link = stat()
            var target = stat()
            guard lstat(path, &link) == 0, stat(path, &target) == 0 else { return [] }
            if link.st_mode & S_IFMT == S_IFDIR { return try contents(of: path, depth: depth + 1) }
            guard target.st_mode & S_IFMT == S_IFREG else { return [] }
            return [InputFile(path: path, size: Int(target.st_size))]
        }
    }

    private static func names(in directory: String) throws -> [String] {
        guard let handle = opendir(directory) else { throw IngestError(cannotOpen: directory, errno) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            // The name is a C string at a fixed place in the entry, valid until the next call.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension IngestError {
    init(cannotOpen path: String, _ number: Int32) {
        self.init(
            code: .cannotOpen, message: "cannot open \(path): \(String(cString: strerror(number)))",
            hint: "check the path and that this user may read it")
    }
}
