/// An address range `address/length`, host bits cleared.
package struct CIDR: Hashable, Sendable {
    package let address: IPAddress
    package let length: Int

    /// The range of that prefix length around an address; nil if the length is not one of the address' family.
    package init?(_ address: IPAddress, length: Int) {
        guard (0...address.width).contains(length) else { return nil }
        self.address = address.masked(to: length)
        self.length = length
    }

    /// The range that holds this one address: /32 for IPv4, /128 for IPv6.
    package init(host address: IPAddress) {
        self.address = address
        length = address.width
    }

    /// Parses `192.0.2.0/24` or `2001:db8::/32`; host bits are cleared as the API server accepts them. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let slash = text.lastIndex(of: "/"), let address = IPAddress(text[..<slash]) else { return nil }
        let digits = text[text.index(after: slash)...]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(digits)
        else { return nil }
        // A mapped address counts its prefix from the start of IPv6; below /96 the range is more than IPv4.
        let isMapped = address.isIPv4 && text.utf8.contains(UInt8(ascii: ":"))
        self.init(address, length: isMapped ? length - 96 : length)
    }

    /// True if the address is of the same family and inside the range.
    package func contains(_ other: IPAddress) -> Bool {
        other.isIPv4 == address.isIPv4 && other.masked(to: length) == address
    }

    /// True if all addresses of the other range are inside this one.
    package func contains(_ other: CIDR) -> Bool {
        other.length >= length && contains(other.address)
    }

    /// True if some address is in both ranges.
    package func overlaps(_ other: CIDR) -> Bool {
        contains(other.address) || other.contains(address)
    }

    /// The whole of IPv4.
    package static let anyIPv4 = CIDR(unchecked: IPAddress(ipv4: 0), length: 0)
    /// The whole of IPv6.
    package static let anyIPv6 = CIDR(unchecked: IPAddress(high: 0, low: 0), length: 0)

    private init(unchecked address: IPAddress, length: Int) {
        self.address = address
        self.length = length
    }
}

extension IPAddress {
    /// The address with all bits after the first `length` cleared.
    package func masked(to length: Int) -> IPAddress {
        if isIPv4 {
            let mask = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: low) & mask)
        }
        let highMask = length >= 64 ? UInt64.max : length == 0 ? 0 : UInt64.max << UInt64(64 - length)
        let lowMask = length <= 64 ? 0 : UInt64.max << UInt64(128 - length)
        return IPAddress(high: high & highMask, low: low & lowMask)
    }
}

extension CIDR: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.address == right.address ? left.length < right.length : left.address < right.address
    }
}

extension CIDR: CustomStringConvertible {
    package var description: String { "\(address)/\(length)" }
}

extension CIDR: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let parsed = CIDR(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a CIDR"))
        }
        self = parsed
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
