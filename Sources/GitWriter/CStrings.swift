import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Owns copies of texts in the form that C takes.
// @safe: the pointers are valid from init to deinit; callers keep this value alive over the call that reads them.
@safe
final class CStrings {
    private(set) var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) {
        unsafe pointers = texts.map { unsafe strdup($0) }
    }

    deinit {
        unsafe pointers.forEach { unsafe free($0) }
    }

    /// Lends the texts as libgit2's array.
    func withArray<Value>(_ body: (UnsafePointer<git_strarray>) -> Value) -> Value {
        unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            var array = unsafe git_strarray(strings: buffer.baseAddress, count: buffer.count)
            return unsafe body(&array)
        }
    }
}
