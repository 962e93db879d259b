import Domain

extension RelayCursor {
    private static let version: UInt64 = 1

    /// The position for a store, in protobuf's wire format; some hundred bytes, at most some hundred kilobytes where more
    /// than a thousand flows come each second.
    package var encoded: [UInt8] {
        var writer = ProtobufWriter()
        writer.add(1, integer: Self.version)
        if let since { writer.add(2, integer: UInt64(bitPattern: since.rawValue)) }
        writer.add(3, packed: hashes)
        writer.add(5, integer: UInt64(bitPattern: forgotten))
        for node in nodes.values.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            var part = ProtobufWriter()
            part.add(1, bytes: node.name)
            part.add(2, integer: UInt64(bitPattern: node.newest))
            part.add(3, integer: UInt64(bitPattern: node.lag))
            part.add(4, integer: UInt64(bitPattern: node.heard))
            writer.add(4, bytes: part.bytes)
        }
        return writer.bytes
    }

    /// Reads a stored position; throws for anything else.
    package init(encoded: [UInt8]) throws(RelayError) {
        do {
            self = try encoded.withUnsafeBytes { try Self.read($0) }
        } catch {
            throw RelayError(
                code: .position, message: "the stored position of the flow stream cannot be read",
                hint: "delete it to begin with what Relay still holds; flows may then count twice")
        }
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws -> RelayCursor {
        var version: UInt64 = 0
        var start: Int64?
        var hashes: [UInt64] = []
        var nodes: [Node] = []
        var forgotten: Int64 = 0
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: version = try field.integer()
            case 2: start = Int64(bitPattern: try field.integer())
            case 3: hashes = try words(field.bytes())
            case 4: nodes.append(try node(field.bytes()))
            case 5: forgotten = Int64(bitPattern: try field.integer())
            default: break
            }
        }
        guard version == Self.version else { throw ProtobufFault.wireType }
        return RelayCursor(start: start, nodes: nodes, hashes: hashes, forgotten: forgotten)
    }

    private static func words(_ bytes: UnsafeRawBufferPointer) throws(ProtobufFault) -> [UInt64] {
        guard bytes.count % 8 == 0 else { throw .truncated }
        return stride(from: 0, to: bytes.count, by: 8).map {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
        }
    }

    private static func node(_ bytes: UnsafeRawBufferPointer) throws(ProtobufFault) -> Node {
        var node = Node(name: [], newest: 0, lag: 0, heard: 0)
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: node.name = Array(try field.bytes())
            case 2: node.newest = Int64(bitPattern: try field.integer())
            case 3: node.lag = Int64(bitPattern: try field.integer())
            case 4: node.heard = Int64(bitPattern: try field.integer())
            default: break
            }
        }
        return node
    }
}
