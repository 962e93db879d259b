package import Domain

extension Settings {
    /// How network policies are learned and written.
    package struct Network: Sendable {
        package let profile: NetworkProfile
        /// Nil means the profile's own.
        package let dialect: PolicyDialect?
        package let metadataAccess: MetadataAccess
        /// True if runs of ports are written with `endPort`.
        package let portRanges: Bool
        /// From so many undeclared ports of one workload that one peer uses, they count as assigned at run time.
        package let dynamicPortThreshold: Int
        /// At most so many addresses that were never seen are allowed by one direction of one policy.
        package let outsideUnseenAddresses: Int
        package let outsideSeenPercent: Int
        /// At least so many seen addresses make a range.
        package let outsideMinimumAddresses: Int
        /// Prefix lengths of the widest ranges that outside addresses are joined to.
        package let outsideWidestIPv4: Int
        package let outsideWidestIPv6: Int

        /// What becomes of connections to the cloud's metadata service.
        package enum MetadataAccess: String, Sendable, CaseIterable {
            case hold, allow
        }
    }
}

extension Settings.Network {
    init(_ values: ResolvedConfiguration) throws {
        profile = NetworkProfile(rawValue: try values.text("network.profile") ?? "") ?? .kubernetes
        dialect = try values.text("network.dialect").flatMap { PolicyDialect(rawValue: $0) }
        metadataAccess = MetadataAccess(rawValue: try values.text("network.metadataAccess") ?? "") ?? .hold
        portRanges = try values.flag("network.portRanges")
        dynamicPortThreshold = try values.number("network.dynamicPortThreshold", in: 1...65_535)
        outsideUnseenAddresses = try values.number("network.outsideUnseenAddresses")
        outsideSeenPercent = try values.number("network.outsideSeenPercent", in: 1...100)
        outsideMinimumAddresses = try values.number("network.outsideMinimumAddresses", in: 2...1_000_000)
        outsideWidestIPv4 = try values.number("network.outsideWidestIPv4", in: 1...32)
        outsideWidestIPv6 = try values.number("network.outsideWidestIPv6", in: 1...128)
    }
}
