import CSimdjson

/// Owns one C decoder: its parser and its tables of texts.
struct TextParser: ~Copyable {
    let handle: OpaquePointer

    /// A parser whose tables are full at about so many bytes. Without memory for it the program ends, as it does wherever
    /// Swift itself allocates in vain.
    init(tableBytes: Int) {
        guard let made = lw_decoder_create(tableBytes) else { fatalError("no memory for a decoder") }
        handle = made
    }

    deinit { lw_decoder_destroy(handle) }

    func reset() { lw_decoder_reset(handle) }

    /// An interned text, or nil for `lw_none`.
    func text(_ table: UInt8, _ id: UInt32) -> String? {
        guard id != lw_none else { return nil }
        return String(lw_decoder_text(handle, table, id))
    }

    /// The scalars of an interned JSON text; nil if it is not JSON or unreasonably large.
    func items(_ table: UInt8, _ id: UInt32) -> [TextItem]? {
        let capacity = 2048
        let text = lw_decoder_text(handle, table, id)
        return withUnsafeTemporaryAllocation(of: lw_item.self, capacity: capacity) { buffer in
            // The allocation of a constant size above zero has an address.
            guard let base = buffer.baseAddress else { return nil }
            let count = lw_flatten(handle, text, base, UInt32(capacity))
            return count < 0
                ? nil
                : base.withMemoryRebound(to: lw_item.self, capacity: Int(count)) { items in
                    (0..<Int(count)).map { TextItem(items[$0]) }
                }
        }
    }

    /// The seven parts of an interned action.
    func parts(_ id: UInt32) -> [String] {
        let text = lw_decoder_text(handle, lw_table_actions, id)
        return withUnsafeTemporaryAllocation(of: lw_text.self, capacity: 7) { buffer in
            buffer.initialize(repeating: lw_text())
            if let base = buffer.baseAddress { lw_action_parts(text, base) }
            return buffer.map { String($0) }
        }
    }
}

/// A scalar inside a small JSON document: for `{"a":{"b":["x"]}}` parent `a`, key `b`, value `x`, index 0.
struct TextItem {
    let parent: String
    let key: String
    /// A string's text; empty for numbers.
    let value: String
    let number: UInt64
    let index: Int
    let isString: Bool

    init(_ item: lw_item) {
        parent = String(item.parent)
        key = String(item.key)
        value = String(item.value)
        number = item.number
        index = Int(item.index)
        isString = item.is_string
    }
}

extension String {
    init(_ text: lw_text) {
        // The C side guarantees the bytes for the length of the caller's call; they are copied here.
        self.init(decoding: UnsafeRawBufferPointer(start: text.bytes, count: text.length), as: UTF8.self)
    }
}

extension lw_text {
    init(_ input: UnsafeRawBufferPointer) {
        self.init()
        // A buffer without an address is empty.
        if let base = input.baseAddress { bytes = base.assumingMemoryBound(to: CChar.self) }
        length = input.count
    }
}
