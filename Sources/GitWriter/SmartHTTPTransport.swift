import CLibgit2

/// Gives libgit2 its HTTP: a smart subtransport that sends one request for each exchange through `HTTPTransport`.
///
/// libgit2's own HTTP has no timeouts, no TLS 1.3 and no proxies for plain http.
enum SmartHTTPTransport {
    /// Makes the transport of one remote; `context` is its `RemoteSession`, which outlives the remote.
    static func make(
        _ result: UnsafeMutablePointer<UnsafeMutablePointer<git_transport>?>?,
        _ owner: OpaquePointer?,
        _ context: UnsafeMutableRawPointer?
    ) -> Int32 {
        var definition = unsafe git_smart_subtransport_definition()
        unsafe definition.rpc = 1
        unsafe definition.param = unsafe context
        unsafe definition.callback = { result, _, context in
            unsafe SmartHTTPTransport.makeSubtransport(result, context)
        }
        // libgit2 reads the definition within this call only.
        return unsafe git_transport_smart(result, owner, &definition)
    }

    private static func makeSubtransport(
        _ result: UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport>?>?,
        _ context: UnsafeMutableRawPointer?
    ) -> Int32 {
        let subtransport = UnsafeMutablePointer<git_shim_subtransport>.allocate(capacity: 1)
        unsafe subtransport.initialize(to: git_shim_subtransport())
        unsafe subtransport.pointee.context = unsafe context
        unsafe subtransport.pointee.parent.action = { result, parent, _, service in
            unsafe SmartHTTPTransport.makeStream(result, parent, service)
        }
        unsafe subtransport.pointee.parent.close = { _ in 0 }
        unsafe subtransport.pointee.parent.free = { parent in
            guard let own = unsafe SmartHTTPTransport.subtransport(parent) else { return }
            unsafe own.deallocate()
        }
        // `parent` is the first member (shim.h), so both have one address.
        unsafe result?.pointee = unsafe UnsafeMutableRawPointer(subtransport)
            .assumingMemoryBound(to: git_smart_subtransport.self)
        return 0
    }

    private static func makeStream(
        _ result: UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport_stream>?>?,
        _ parent: UnsafeMutablePointer<git_smart_subtransport>?,
        _ service: git_smart_service_t
    ) -> Int32 {
        guard let context = unsafe subtransport(parent)?.pointee.context, let service = SmartService(service) else {
            return -1
        }
        let session = unsafe Unmanaged<RemoteSession>.fromOpaque(context).takeUnretainedValue()
        let stream = UnsafeMutablePointer<git_shim_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: git_shim_stream())
        unsafe stream.pointee.context = Unmanaged.passRetained(SmartHTTPStream(service, session)).toOpaque()
        unsafe stream.pointee.parent.subtransport = unsafe parent
        unsafe stream.pointee.parent.read = { unsafe SmartHTTPTransport.read($0, $1, $2, $3) }
        unsafe stream.pointee.parent.write = { unsafe SmartHTTPTransport.write($0, $1, $2) }
        unsafe stream.pointee.parent.free = { unsafe SmartHTTPTransport.free($0) }
        unsafe result?.pointee = unsafe UnsafeMutableRawPointer(stream)
            .assumingMemoryBound(to: git_smart_subtransport_stream.self)
        return 0
    }

    private static func subtransport(
        _ parent: UnsafeMutablePointer<git_smart_subtransport>?
    ) -> UnsafeMutablePointer<git_shim_subtransport>? {
        unsafe parent.map { unsafe UnsafeMutableRawPointer($0).assumingMemoryBound(to: git_shim_subtransport.self) }
    }
}

// The stream's callbacks.
extension SmartHTTPTransport {
    private typealias Parent = UnsafeMutablePointer<git_smart_subtransport_stream>

    private static func read(
        _ parent: Parent?,
        _ buffer: UnsafeMutablePointer<CChar>?,
        _ size: Int,
        _ count: UnsafeMutablePointer<Int>?
    ) -> Int32 {
        unsafe guarded(parent) { (stream) throws(GitError) in
            let target = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size)
            unsafe count?.pointee = try unsafe stream.read(into: target)
        }
    }

    private static func write(_ parent: Parent?, _ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
        unsafe guarded(parent) { (stream) throws(GitError) in
            try unsafe stream.write(UnsafeRawBufferPointer(start: bytes, count: count))
        }
    }

    private static func free(_ parent: Parent?) {
        guard let own = unsafe stream(parent) else { return }
        if let context = unsafe own.pointee.context {
            unsafe Unmanaged<SmartHTTPStream>.fromOpaque(context).release()
        }
        unsafe own.deallocate()
    }

    /// Keeps the error for the caller of libgit2, which itself knows numbers only.
    private static func guarded(_ parent: Parent?, _ body: (SmartHTTPStream) throws(GitError) -> Void) -> Int32 {
        guard let context = unsafe stream(parent)?.pointee.context else { return -1 }
        let stream = unsafe Unmanaged<SmartHTTPStream>.fromOpaque(context).takeUnretainedValue()
        do throws(GitError) {
            try body(stream)
            return 0
        } catch {
            stream.session.fail(error)
            return GIT_EUSER.rawValue
        }
    }

    private static func stream(_ parent: Parent?) -> UnsafeMutablePointer<git_shim_stream>? {
        unsafe parent.map { unsafe UnsafeMutableRawPointer($0).assumingMemoryBound(to: git_shim_stream.self) }
    }
}
