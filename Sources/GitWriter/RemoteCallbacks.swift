import CLibgit2

/// The C side of a `RemoteSession`.
enum RemoteCallbacks {
    static func make(for session: RemoteSession) -> git_remote_callbacks {
        var callbacks = unsafe git_remote_callbacks()
        _ = unsafe git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
        unsafe callbacks.payload = Unmanaged.passUnretained(session).toOpaque()
        unsafe callbacks.credentials = { result, _, _, _, payload in
            guard let session = unsafe RemoteCallbacks.session(payload) else { return -1 }
            return unsafe session.credential(result)
        }
        unsafe callbacks.certificate_check = { certificate, _, _, payload in
            guard let session = unsafe RemoteCallbacks.session(payload) else { return -1 }
            return unsafe session.checkHostKey(certificate)
        }
        unsafe callbacks.sideband_progress = { text, count, payload in
            guard let session = unsafe RemoteCallbacks.session(payload), let text = unsafe text else { return 0 }
            unsafe session.serverText.append(UnsafeRawBufferPointer(start: text, count: Int(max(0, count))))
            return 0
        }
        unsafe callbacks.push_update_reference = { reference, status, payload in
            guard let session = unsafe RemoteCallbacks.session(payload), let reference = unsafe reference else {
                return 0
            }
            unsafe session.report(String(cString: reference), status.map { unsafe String(cString: $0) })
            return 0
        }
        unsafe callbacks.push_negotiation = { updates, count, payload in
            guard let session = unsafe RemoteCallbacks.session(payload), let lease = session.lease else { return -1 }
            for index in 0..<count {
                guard let update = unsafe updates?[index]?.pointee else { continue }
                let current = unsafe update.src
                lease.actual = .some(current.isZero ? nil : CommitID(current))
            }
            return lease.actual != nil && !lease.isLost ? 0 : GIT_EUSER.rawValue
        }
        if session.address.scheme == .http {
            unsafe callbacks.transport = { unsafe SmartHTTPTransport.make($0, $1, $2) }
        }
        return unsafe callbacks
    }

    private static func session(_ payload: UnsafeMutableRawPointer?) -> RemoteSession? {
        unsafe payload.map { unsafe Unmanaged<RemoteSession>.fromOpaque($0).takeUnretainedValue() }
    }
}
