/// An IPv4 or IPv6 address in canonical form.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) becomes the IPv4 address, since both name one host (RFC 4291, 2.5.5.2).
package struct IPAddress: Hashable, Sendable {
    /// The 128 bits in network order, high half first; an IPv4 address stands in the last 32 bits.
    package let high: UInt64
    package let low: UInt64
    package let isIPv4: Bool

    /// An IPv4 address from its 32 bits, most significant octet first.
    package init(ipv4: UInt32) {
        high = 0
        low = UInt64(ipv4)
        isIPv4 = true
    }

    /// An IPv6 address from its two halves; a mapped IPv4 address becomes IPv4.
    package init(high: UInt64, low: UInt64) {
        isIPv4 = high == 0 && low >> 32 == 0xffff
        self.high = high
        self.low = isIPv4 ? low & 0xffff_ffff : low
    }

    /// The number of bits of the address' family: 32 or 128.
    package var width: Int { isIPv4 ? 32 : 128 }

    /// Parses dotted IPv4 and all textual forms of IPv6 (RFC 4291, 2.2); nil for anything else, zones included.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.longestText else { return nil }
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard let halves = Self.parseIPv6(text) else { return nil }
            self.init(high: halves.0, low: halves.1)
        } else {
            guard let bits = Self.parseIPv4(text) else { return nil }
            self.init(ipv4: bits)
        }
    }

    /// The length of IPv6 written in full with an IPv4 tail; longer text is no address, and costs nothing.
    private static let longestText = 45

    private static func parseIPv4(_ text: some StringProtocol) -> UInt32? {
        var result: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var octets = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, octets < 3 else { return nil }
                result = result << 8 | octet
                octets += 1
                (octet, digits) = (0, 0)
                continue
            }
            // A second digit after a leading zero would be octal to some.
            guard (48...57).contains(byte), digits < 3, digits == 0 || octet > 0 else { return nil }
            octet = octet * 10 + UInt32(byte - 48)
            digits += 1
            guard octet < 256 else { return nil }
        }
        return octets == 3 && digits > 0 ? result << 8 | octet : nil
    }

    private static func parseIPv6(_ text: some StringProtocol) -> (UInt64, UInt64)? {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = Substring(text)
        if rest.hasPrefix("::") {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            if rest.utf8.contains(UInt8(ascii: ".")), !rest.contains(":") {
                guard let tail = parseIPv4(rest) else { return nil }
                groups += [UInt16(truncatingIfNeeded: tail >> 16), UInt16(truncatingIfNeeded: tail)]
                break
            }
            let group = rest.prefix { $0 != ":" }
            guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHexadecimal),
                let value = UInt16(group, radix: 16)
            else { return nil }
            groups.append(value)
            rest = rest.dropFirst(group.count)
            if rest.hasPrefix("::") {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix(":") {
                rest = rest.dropFirst()
                guard !rest.isEmpty else { return nil }
            }
        }
        return expand(groups, gap: gap)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    private static func expand(_ groups: [UInt16], gap: Int?) -> (UInt64, UInt64)? {
        var all = groups
        if let gap {
            guard groups.count < 8 else { return nil }
            all.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard all.count == 8 else { return nil }
        let high = all[..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = all[4...].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        return (high, low)
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by number.
    package static func < (left: Self, right: Self) -> Bool {
        if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
        return (left.high, left.low) < (right.high, right.low)
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: dotted IPv4, or IPv6 as RFC 5952 writes it.
    package var description: String {
        if isIPv4 {
            return [24, 16, 8, 0].map { String(low >> $0 & 0xff) }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
        guard let gap = Self.longestZeroRun(groups) else {
            return groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let before = groups[..<gap.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
        let after = groups[gap.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
        return before + "::" + after
    }

    /// The first longest run of two or more zero groups, the one that `::` replaces (RFC 5952, 4.2).
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
            start = end
        }
        return best
    }
}

extension IPAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let parsed = IPAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an IP address"))
        }
        self = parsed
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
