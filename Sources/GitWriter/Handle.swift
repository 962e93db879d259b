import CLibgit2

/// Names a kind of libgit2 object and how it is freed.
protocol HandleKind {
    static func free(_ pointer: OpaquePointer)
}

/// Owns one libgit2 object; it must not outlive the repository it came from.
// @safe: the pointer is valid from init to deinit and is lent to calls of libgit2 only.
@safe
struct Handle<Kind: HandleKind>: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over what `make` writes.
    init(_ doing: @autoclosure () -> String, _ make: (inout OpaquePointer?) -> Int32) throws(GitError) {
        var pointer: OpaquePointer?
        let code = unsafe make(&pointer)
        guard code >= 0, let pointer = unsafe pointer else { throw GitError(libgit2: code, doing()) }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe Kind.free(pointer)
    }
}

enum RepositoryHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_repository_free(pointer) }
}

enum ObjectDatabaseHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_odb_free(pointer) }
}

enum CommitHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_commit_free(pointer) }
}

enum TreeHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_tree_free(pointer) }
}

enum TreeEntryHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_tree_entry_free(pointer) }
}

enum BlobHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_blob_free(pointer) }
}

enum ReferenceHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_reference_free(pointer) }
}

enum RevisionWalkHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_revwalk_free(pointer) }
}

enum RemoteHandleKind: HandleKind {
    static func free(_ pointer: OpaquePointer) { unsafe git_remote_free(pointer) }
}

typealias RepositoryHandle = Handle<RepositoryHandleKind>
typealias ObjectDatabaseHandle = Handle<ObjectDatabaseHandleKind>
typealias CommitHandle = Handle<CommitHandleKind>
typealias TreeHandle = Handle<TreeHandleKind>
typealias TreeEntryHandle = Handle<TreeEntryHandleKind>
typealias BlobHandle = Handle<BlobHandleKind>
typealias ReferenceHandle = Handle<ReferenceHandleKind>
typealias RevisionWalkHandle = Handle<RevisionWalkHandleKind>
typealias RemoteHandle = Handle<RemoteHandleKind>

/// Owns a signature, which libgit2 does not hide behind an opaque pointer.
// @safe: the pointer is valid from init to deinit and is lent to calls of libgit2 only.
@safe
struct SignatureHandle: ~Copyable {
    let pointer: UnsafeMutablePointer<git_signature>

    init(_ identity: GitIdentity, _ time: GitTime) throws(GitError) {
        try identity.check()
        try time.check()
        var pointer: UnsafeMutablePointer<git_signature>?
        let offset = Int32(time.offsetMinutes)
        let code = unsafe git_signature_new(&pointer, identity.name, identity.email, time.seconds, offset)
        guard code >= 0, let pointer = unsafe pointer else { throw GitError(libgit2: code, "use the author") }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe git_signature_free(pointer)
    }
}
