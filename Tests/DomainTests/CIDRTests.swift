import Domain
import Testing

@Suite struct CIDRTests {
    @Test(arguments: [
        ("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3/32", "10.1.2.3/32"), ("10.1.2.3/0", "0.0.0.0/0"),
        ("10.1.2.255/25", "10.1.2.128/25"), ("255.255.255.255/31", "255.255.255.254/31"),
        ("2001:db8::1/32", "2001:db8::/32"), ("2001:db8::1/128", "2001:db8::1/128"), ("ff::1/0", "::/0"),
        ("2001:db8:0:1:8000::/65", "2001:db8:0:1:8000::/65"), ("2001:db8:0:1:ffff::/64", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::/63", "2001:db8::/63"), ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ("::ffff:10.1.2.3/128", "10.1.2.3/32"), ("::ffff:0:0/96", "0.0.0.0/0"),
    ])
    func `clears the host bits`(text: String, canonical: String) {
        #expect(CIDR(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ",
        "10.0.0.0/8/8", "10.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.0/0008", "10.0.0.0/٨", "::ffff:10.1.2.3/129",
        // Not 10.0.0.0/24: a range of 2^104 addresses of IPv6.
        "::ffff:10.1.2.3/24",
    ])
    func `takes nothing else for a range`(text: String) {
        #expect(CIDR(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("::/0", "203.0.113.9", false),
        ("::/0", "::ffff:203.0.113.9", false), ("192.0.2.1/32", "192.0.2.1", true),
        ("192.0.2.1/32", "192.0.2.0", false),
        ("2001:db8::1/128", "2001:db8::1", true), ("2001:db8::1/128", "2001:db8::2", false),
        ("2001:db8::/63", "2001:db8:0:1::5", true), ("2001:db8::/64", "2001:db8:0:1::5", false),
        ("2001:db8::8000:0:0:0/65", "2001:db8::8000:0:0:1", true), ("2001:db8::8000:0:0:0/65", "2001:db8::1", false),
    ])
    func `contains the addresses of its own family and prefix`(range: String, address: String, expected: Bool) throws {
        #expect(try #require(CIDR(range)).contains(#require(IPAddress(address))) == expected)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.0.0/16", true, false), ("10.0.0.0/8", "10.0.0.0/8", true, true),
        ("10.0.0.0/9", "10.128.0.0/9", false, false), ("0.0.0.0/0", "10.0.0.0/8", true, false),
        ("0.0.0.0/0", "::/0", false, false), ("::/0", "2001:db8::/32", true, false),
        ("192.0.2.1/32", "192.0.2.1/32", true, true), ("192.0.2.0/31", "192.0.2.1/32", true, false),
    ])
    func `tells ranges that lie in another`(wide: String, narrow: String, inside: Bool, mutual: Bool) throws {
        let (wide, narrow) = try (#require(CIDR(wide)), #require(CIDR(narrow)))
        #expect(wide.contains(narrow) == inside)
        #expect(narrow.contains(wide) == mutual)
        #expect(wide.overlaps(narrow) == inside)
        #expect(narrow.overlaps(wide) == inside)
    }

    @Test(arguments: [("192.0.2.1", "192.0.2.1/32"), ("2001:db8::1", "2001:db8::1/128")])
    func `holds one host`(address: String, range: String) throws {
        #expect(try CIDR(host: #require(IPAddress(address))).description == range)
    }

    @Test func `has a length of its family only`() throws {
        let (short, long) = try (#require(IPAddress("192.0.2.1")), #require(IPAddress("::1")))
        #expect([-1, 33, 128].allSatisfy { CIDR(short, length: $0) == nil })
        #expect([-1, 129].allSatisfy { CIDR(long, length: $0) == nil })
        #expect(CIDR.anyIPv4 == CIDR("0.0.0.0/0"))
        #expect(CIDR.anyIPv6 == CIDR("::/0"))
    }

    @Test(arguments: UInt64(1)...3)
    func `overlaps exactly if an end of one lies in the other`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<500 {
            // Few distinct high bits, so that ranges do meet.
            let ranges = try (0..<2).map { _ in
                let bits = UInt32(truncatingIfNeeded: generator.next()) & 0xc000_00ff
                return try #require(CIDR(IPAddress(ipv4: bits), length: Int.random(in: 0...32, using: &generator)))
            }
            let numbers = ranges.map { range in
                let size = UInt64(1) << UInt64(32 - range.length)
                return range.address.low...(range.address.low + size - 1)
            }
            #expect(ranges[0].overlaps(ranges[1]) == numbers[0].overlaps(numbers[1]))
        }
    }
}
