#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Owns a TCP socket that never blocks.
struct Socket: ~Copyable {
    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif

    /// What became of an attempt to move bytes.
    enum Transfer: Equatable {
        case moved(Int)
        case notReady
        case closed
    }

    let descriptor: Int32

    private init?(owning descriptor: Int32) {
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(descriptor)
    }

    /// Connects to the first address of a host that answers; resolving has the resolver's own time limit.
    init(host: String, port: Int, timeout: Duration) throws(GitError) {
        let deadline = ContinuousClock.now + timeout
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Self.stream
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0 else {
            throw Self.failure(.unreachable, "cannot resolve \(host)")
        }
        defer { unsafe freeaddrinfo(list) }
        var next = unsafe list
        while let address = unsafe next?.pointee {
            if let made = unsafe Self.connected(to: address, until: deadline) {
                self = made
                return
            }
            unsafe next = unsafe address.ai_next
        }
        let isLate = ContinuousClock.now >= deadline
        throw Self.failure(isLate ? .timeout : .unreachable, "cannot connect to \(host) port \(port)")
    }

    /// Listens on a free port of 127.0.0.1.
    init(listening: Void) throws(GitError) {
        guard let made = Socket(owning: socket(AF_INET, Self.stream, 0)) else {
            throw Self.failure(.internalFailure, "cannot make a socket")
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(made.descriptor, $0, size) }
        }
        guard code == 0, listen(made.descriptor, 1) == 0 else {
            throw Self.failure(.internalFailure, "cannot listen on 127.0.0.1")
        }
        self = made
    }

    /// The port of a listening socket.
    var port: Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Takes one connection; nil when none came in time.
    func accepted(until deadline: ContinuousClock.Instant) -> Socket? {
        guard waits(for: Int16(POLLIN), until: deadline) else { return nil }
        return Socket(owning: accept(descriptor, nil, nil))
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        return count == 0 ? .closed : Self.outcome(count)
    }

    func transmit(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        Self.outcome(unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)))
    }

    private static func outcome(_ count: Int) -> Transfer {
        guard count < 0 else { return .moved(count) }
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .notReady : .closed
    }

    private static func connected(to address: addrinfo, until deadline: ContinuousClock.Instant) -> Socket? {
        let descriptor = unsafe socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard let made = Socket(owning: descriptor) else { return nil }
        let code = unsafe connect(made.descriptor, address.ai_addr, address.ai_addrlen)
        guard code != 0 else { return made }
        guard errno == EINPROGRESS, made.waits(for: Int16(POLLOUT), until: deadline) else { return nil }
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let answer = unsafe getsockopt(made.descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
        guard answer == 0, problem == 0 else { return nil }
        return made
    }

    private func waits(for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return unsafe poll(&entry, 1, Self.milliseconds(until: deadline)) > 0
    }

    /// What `poll` takes; at least one, so that a time that has just run out is noticed by its result.
    static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left < .seconds(86400) else { return 86_400_000 }
        return Int32(max(1, left / .milliseconds(1)))
    }

    private static func failure(_ code: GitError.Code, _ message: String) -> GitError {
        GitError(code: code, message: message, hint: "check host name, port, DNS, firewall and network policy")
    }
}
