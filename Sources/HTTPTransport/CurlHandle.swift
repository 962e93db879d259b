import CLibcurl

/// Owns one libcurl easy handle with its connection cache.
// @safe: the pointer is valid from init to deinit and leaves this type for calls of libcurl only.
@safe
struct CurlHandle: ~Copyable {
    private static let isGlobalStateReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    let pointer: UnsafeMutableRawPointer

    init() throws(HTTPError) {
        guard Self.isGlobalStateReady, let pointer = unsafe curl_easy_init() else {
            throw HTTPError(
                code: .internalFailure,
                message: "libcurl could not be started",
                hint: "check the memory of the machine and the installed libcurl"
            )
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
    }

    /// Forgets all options and keeps connections.
    func reset() {
        unsafe curl_easy_reset(pointer)
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try Self.check(unsafe curl_shim_set_long(pointer, option, value), option)
    }

    func set(_ option: CURLoption, offset value: Int) throws(HTTPError) {
        try Self.check(unsafe curl_shim_set_offset(pointer, option, curl_off_t(value)), option)
    }

    /// Sets a text that libcurl copies; nil takes a default away.
    func set(_ option: CURLoption, _ value: String?) throws(HTTPError) {
        let code =
            if let value { unsafe curl_shim_set_string(pointer, option, value) } else {
                unsafe curl_shim_set_string(pointer, option, nil)
            }
        try Self.check(code, option)
    }

    /// Sets memory that has to outlive the transfer.
    func set(_ option: CURLoption, memory value: UnsafeRawPointer?) throws(HTTPError) {
        try Self.check(unsafe curl_shim_set_pointer(pointer, option, value), option)
    }

    /// Sets bytes that libcurl copies.
    func set(_ option: CURLoption, blob bytes: [UInt8]) throws(HTTPError) {
        let code = unsafe bytes.withUnsafeBytes {
            unsafe curl_shim_set_blob(pointer, option, $0.baseAddress, $0.count)
        }
        try Self.check(code, option)
    }

    func set(_ option: CURLoption, _ value: borrowing CurlList) throws(HTTPError) {
        try Self.check(unsafe curl_shim_set_list(pointer, option, value.pointer), option)
    }

    func set(_ option: CURLoption, function: @escaping curl_write_callback) throws(HTTPError) {
        try Self.check(unsafe curl_shim_set_write_function(pointer, option, function), option)
    }

    func setProgress(function: @escaping curl_xferinfo_callback) throws(HTTPError) {
        try Self.check(unsafe curl_shim_set_progress_function(pointer, function), CURLOPT_XFERINFOFUNCTION)
    }

    /// Runs the transfer; the text is libcurl's detail of a failure, or empty.
    func perform() -> (code: CURLcode, detail: String) {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CURL_ERROR_SIZE)) { buffer in
            unsafe buffer.initialize(repeating: 0)
            _ = unsafe curl_shim_set_pointer(pointer, CURLOPT_ERRORBUFFER, buffer.baseAddress)
            let code = unsafe curl_easy_perform(pointer)
            _ = unsafe curl_shim_set_pointer(pointer, CURLOPT_ERRORBUFFER, nil)
            return (code, unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? "")
        }
    }

    private static func check(_ code: CURLcode, _ option: CURLoption) throws(HTTPError) {
        guard code != CURLE_OK else { return }
        throw HTTPError(
            code: .internalFailure,
            message: "libcurl refuses option \(option.rawValue): \(CurlFailure.text(code))",
            hint: "install libcurl 7.85 or newer with TLS and HTTP/2",
            curlCode: Int32(bitPattern: code.rawValue)
        )
    }
}

/// Owns a list of header lines.
// @safe: the list is valid from init to deinit; libcurl borrows it during a transfer.
@safe
struct CurlList: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    init(_ lines: [String]) {
        unsafe pointer = nil
        for line in lines {
            unsafe pointer = unsafe curl_slist_append(pointer, line) ?? pointer
        }
    }

    deinit {
        unsafe curl_slist_free_all(pointer)
    }
}
