import Domain
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        // RFC 4291, 2.2.
        ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("FF01:0:0:0:0:0:0:101", "ff01::101"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("::13.1.68.3", "::d01:4403"),
        // RFC 5952, 4: leading zeros, the longest run, the first of equal runs, never one group alone, lower case.
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:DB8::AAAA", "2001:db8::aaaa"),
        ("1::", "1::"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        // RFC 4291, 2.5.5.2: a mapped address is the IPv4 address.
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        ("0:0:0:0:0:ffff:0.0.0.0", "0.0.0.0"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("10.1.2.3", "10.1.2.3"),
    ])
    func `writes every form of an address in the canonical one`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        "", " ", ".", ":", "::1::", ":::", ":::1", "1:::2", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "fe80::1%eth0", "[::1]", "1.2.3", "1.2.3.4.5",
        "1.2.3.256", "1.2.3.999", "1.2.3.04", "1.2.3.-4", "1.2.3.+4", "1.2.3.4 ", " 1.2.3.4", "1..3.4", "0x7f.0.0.1",
        "2130706433", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "::ffff:1.2.3.256", "1:2:3:4:5:6:7:1.2.3.4", "١.٢.٣.٤",
        "1.2.3.4\u{0}", "::\u{301}1", "::+1", "::-1", "1.2.3.4/32", "localhost",
    ])
    func `takes nothing else for an address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `refuses endless text at once`() {
        #expect(IPAddress(String(repeating: "1:", count: 500_000)) == nil)
        #expect(IPAddress(String(repeating: "1.", count: 500_000)) == nil)
        #expect(IPAddress(String(repeating: ":", count: 500_000)) == nil)
    }

    @Test(arguments: UInt64(1)...4)
    func `reads back what it writes`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<500 {
            // Sparse bits make runs of zero groups.
            let mask = generator.next() & generator.next() & generator.next()
            let wide = IPAddress(high: generator.next() & mask, low: generator.next() & (mask << 16))
            let short = IPAddress(ipv4: UInt32(truncatingIfNeeded: generator.next()))
            #expect(IPAddress(wide.description) == wide)
            #expect(IPAddress(short.description) == short)
        }
    }

    @Test func `stands IPv4 before IPv6 and then by number`() throws {
        let texts = ["9.0.0.0", "10.0.0.0", "10.0.0.1", "::", "::1", "1::", "fe80::1"]
        let addresses = try texts.map { try #require(IPAddress($0)) }
        #expect(addresses.reversed().sorted() == addresses)
    }
}
