import AppConfiguration
import Domain
import NetworkLearner
import Testing

@testable import Engine

/// The configuration decides what the learners do.
@Suite struct LearningOptionsTests {
    @Test func `without settings they are the learner's own`() throws {
        #expect(try Self.network("") == NetworkLearningOptions())
    }

    @Test(arguments: NetworkProfile.allCases)
    func `the dialect is the profile's own unless it is set`(profile: NetworkProfile) throws {
        #expect(try Self.network("profile: \(profile.rawValue)").dialect == profile.dialect)
        let set = try Self.network("{profile: \(profile.rawValue), dialect: calicoStaged}")
        #expect(set.profile == profile && set.dialect == .calicoStaged)
    }

    @Test func `connections to the metadata address are allowed on demand`() throws {
        #expect(try Self.network("metadataAccess: allow").metadata == .allow)
        #expect(try Self.network("metadataAccess: hold").metadata == .hold)
    }

    @Test func `ports are written and counted as configured`() throws {
        let ports = try Self.network("{portRanges: yes, dynamicPortThreshold: 3}").ports
        #expect(ports.writesRanges && ports.dynamicThreshold == 3 && ports.namedIn.isEmpty)
    }

    @Test func `outside addresses are joined within the configured bounds`() throws {
        let outside = try Self.network(
            "{outsideUnseenAddresses: 300, outsideMinimumAddresses: 5, outsideWidestIPv4: 20, outsideWidestIPv6: 56}"
        ).outside
        #expect(outside.unseenAddresses == 300 && outside.minimumAddresses == 5)
        #expect(outside.widestIPv4 == 20 && outside.widestIPv6 == 56)
    }

    private static func network(_ section: String) throws -> NetworkLearningOptions {
        let file = try ConfigurationFile(parsing: section.isEmpty ? "" : "network: \(Self.flow(section))", name: "f")
        return LearningOptions(try Settings(ResolvedConfiguration(flags: [:], environment: [:], file: file))).network
    }

    private static func flow(_ section: String) -> String { section.hasPrefix("{") ? section : "{\(section)}" }
}
